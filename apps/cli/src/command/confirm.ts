import { readLine } from '../terminal/read-line.ts'
import type { Io } from './io.ts'

/** Asks on stdout; only `y` is a yes. */
export async function confirm(question: string, io: Io): Promise<boolean> {
  io.stdout.write(`${question} [y/N] `)
  const answer = await readLine(io.stdin)
  return answer?.toLowerCase() === 'y'
}
