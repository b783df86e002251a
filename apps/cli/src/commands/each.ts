import { messageOf } from '@berth/stdx'
import { ExitError } from '../command/exit-error.ts'
import type { Io } from '../command/io.ts'

/** Does `action` for each name in turn and prints what it gives; the rest goes on after a failure, told at the end. */
export async function each(
  names: readonly string[],
  io: Io,
  action: (name: string) => Promise<string | undefined>,
): Promise<void> {
  const failures: unknown[] = []
  for (const name of names) {
    try {
      const text = await action(name)
      if (text !== undefined) io.stdout.write(`${text}\n`)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new ExitError(1, failures.map(messageOf).join('\n'), { cause: failures[0] })
}
