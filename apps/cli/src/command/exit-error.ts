import { messageOf } from '@berth/stdx'

/** Ends a command with `status`; an empty message prints nothing. */
export class ExitError extends Error {
  override readonly name = 'ExitError'
  readonly status: number

  constructor(status: number, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.status = status
  }
}

/** A failure with the same text and another status. */
export function withStatus(status: number, error: unknown): ExitError {
  return new ExitError(status, messageOf(error), { cause: error })
}
