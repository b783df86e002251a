import { parseArgs } from 'node:util'
import { findProgram } from '@berth/host'
import { type EngineKind, engineKinds } from './bench-engine.ts'

export interface BenchOptions {
  rounds: number
  engines: EngineKind[]
}

/** `--rounds N` and `--engines a,b`; by default the engines that are installed here. */
export async function readBenchOptions(defaultRounds: number): Promise<BenchOptions> {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, engines: { type: 'string' } } })
  const wanted = values.engines?.split(',') ?? [...engineKinds]
  const hasDocker = await findProgram('dockerd', { searchPath: process.env['PATH'] ?? '' })
  const engines = engineKinds.filter((kind) => wanted.includes(kind) && (kind !== 'dockerd' || hasDocker))
  return { rounds: Number(values.rounds ?? defaultRounds), engines }
}
