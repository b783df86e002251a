import { CodedError } from '@berth/stdx'
import type { Io } from '../command/io.ts'

/** What is typed goes to a terminal of the container's own, so it has to come from one. Docker's words. */
export function requireTerminal({ stdin }: Pick<Io, 'stdin'>): void {
  if (stdin.isTTY) return
  throw new CodedError('invalid-argument', 'the input device is not a TTY', {
    hint: 'Leave -t out where stdin is a pipe or a file.',
  })
}
