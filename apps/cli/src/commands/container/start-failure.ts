import { messageOf } from '@berth/stdx'
import { withStatus, type ExitError } from '../../command/exit-error.ts'

const notFound = [
  'executable file not found',
  'no such file or directory',
  'system cannot find the file specified',
]
const notExecutable = ['permission denied', 'is a directory']

/** A failed start with the status that shells give for such a command: 127, 126, or 125 when the engine failed. */
export function startFailure(error: unknown): ExitError {
  const message = messageOf(error).toLowerCase()
  const has = (texts: readonly string[]) => texts.some((text) => message.includes(text))
  return withStatus(has(notFound) ? 127 : has(notExecutable) ? 126 : 125, error)
}
