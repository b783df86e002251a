import { messageOf } from '@berth/stdx'
import { ExitError } from '../command/exit-error.ts'
import type { Io } from '../command/io.ts'

export interface EachOptions {
  /** A last line about the names that failed. */
  summarize?: (failed: readonly string[]) => string
}

/** Does `action` for each name in turn and prints what it gives; the rest goes on after a failure, told at the end. */
export async function each(
  names: readonly string[],
  { io, summarize }: EachOptions & { io: Io },
  action: (name: string) => Promise<string | undefined>,
): Promise<void> {
  const failures = new Map<string, unknown>()
  for (const name of names) {
    try {
      const text = await action(name)
      if (text !== undefined) io.stdout.write(`${text}\n`)
    } catch (error) {
      failures.set(name, error)
    }
  }
  if (failures.size === 0) return
  const [cause] = failures.values()
  const lines = [...failures.values()].map(messageOf)
  const summary = summarize ? [summarize([...failures.keys()])] : []
  throw new ExitError(1, [...lines, ...summary].join('\n'), { cause })
}
