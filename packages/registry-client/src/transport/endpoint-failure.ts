import { CodedError, type CodedErrorOptions, type ErrorCode } from '@berth/stdx'

/**
 * What a failure means for the next step:
 * - `unreachable`: no connection was made;
 * - `transient`: the same request may work later (cut line, 408, 429, 5xx);
 * - `stalled`: the same, but it cost a long wait: whoever else there is is asked first;
 * - `refused`: this endpoint will not deliver, another may;
 * - `fatal`: no endpoint can help.
 */
export type FailureKind = 'unreachable' | 'transient' | 'stalled' | 'refused' | 'fatal'

export interface EndpointFailureOptions extends CodedErrorOptions {
  kind: FailureKind
  code: ErrorCode
  /** A few words for a list of several endpoints (`502 Bad Gateway`). */
  summary: string
  /** What `Retry-After` asked for. */
  retryAfterMs?: number | undefined
}

/** Why one endpoint did not deliver. */
export class EndpointFailure extends CodedError {
  readonly kind: FailureKind
  readonly summary: string
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: EndpointFailureOptions) {
    super(options.code, message, options)
    this.kind = options.kind
    this.summary = options.summary
    this.retryAfterMs = options.retryAfterMs
  }
}
