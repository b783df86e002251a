/** The closed set of error classes; each protocol edge has one total table from code to status. */
export type ErrorCode =
  | 'invalid-argument'
  | 'not-found'
  | 'conflict'
  | 'already-exists'
  | 'failed-precondition'
  | 'unauthorized'
  | 'forbidden'
  | 'unavailable'
  | 'not-implemented'
  | 'cancelled'
  | 'deadline'
  | 'data-loss'
  | 'no-space'
  | 'internal'

export interface CodedErrorOptions {
  cause?: unknown
  /** The next step for the person who reads the error, one sentence. */
  hint?: string
}

/** The one error class that crosses packages, processes and wires. Its message never holds a secret. */
export class CodedError extends Error {
  override readonly name = 'CodedError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/** True when `error` is a CodedError of one of `codes` (of any code when none is named). */
export function isCoded(error: unknown, ...codes: ErrorCode[]): error is CodedError {
  return error instanceof CodedError && (codes.length === 0 || codes.includes(error.code))
}

/** What was thrown first, where a clean-up behind it failed too: `await using` wraps the two in one that is neither. */
export function firstFailure(error: unknown): unknown {
  return error instanceof SuppressedError ? firstFailure(error.suppressed) : error
}

/** The message of anything that was thrown; of several errors in one that has no message of its own, all of theirs. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof SuppressedError) return `${messageOf(error.suppressed)}; ${messageOf(error.error)}`
  const inner = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : ''
  return error.message || inner || error.name
}

/** The `code` of a Node system error (`ENOENT`, …), if it has one. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}
