import { join } from 'node:path'
import { runProgram } from '../setup/run-program.ts'
import type { BenchEngine } from './bench-engine.ts'

/** A command line that speaks to engines, and how it is called. */
export const clients = {
  docker: 'docker',
  berth: join(import.meta.dirname, '..', 'bin', 'berth'),
} as const

export type ClientName = keyof typeof clients

/** Runs one command as a user would and gives the wall time of the whole process; throws when it fails. */
export async function timeCommand(
  client: ClientName,
  engine: BenchEngine,
  args: readonly string[],
): Promise<number> {
  const { exitCode, output, elapsedMs } = await runProgram([clients[client], '-H', engine.host, ...args])
  if (exitCode !== 0)
    throw new Error(`${client} ${args.join(' ')} on ${engine.kind}: exit code ${exitCode}: ${output.trim()}`)
  return elapsedMs
}
