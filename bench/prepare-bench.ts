import { parseArgs } from 'node:util'
import { findProgram } from '@berth/host'
import { prepareCheckout } from '../setup/prepare-checkout.ts'
import { type EngineKind, engineKinds } from './bench-engine.ts'

export interface BenchOptions {
  rounds: number
  engines: EngineKind[]
}

/**
 * Reads `--rounds N` and `--engines a,b` (by default the engines that are installed here), and brings the checkout to
 * what set-up leaves: that is what a user has.
 */
export async function prepareBench(defaultRounds: number): Promise<BenchOptions> {
  await prepareCheckout()
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, engines: { type: 'string' } } })
  const wanted = values.engines?.split(',') ?? [...engineKinds]
  const hasDocker = await findProgram('dockerd', { searchPath: process.env['PATH'] ?? '' })
  const engines = engineKinds.filter((kind) => wanted.includes(kind) && (kind !== 'dockerd' || hasDocker))
  return { rounds: Number(values.rounds ?? defaultRounds), engines }
}
