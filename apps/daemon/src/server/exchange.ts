import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '@berth/stdx'

/** An error as clients see it. */
export interface ErrorDescription {
  status: number
  code: ErrorCode
  message: string
  hint: string | undefined
}

/** One request and everything needed to answer it. */
export interface Exchange {
  request: IncomingMessage
  /** Carries the version headers already. */
  response: ServerResponse
  /** See RequestContext. */
  signal: AbortSignal
  /** The raw connection, where the client asked to upgrade: what it sends after the request. */
  upgraded: Duplex | undefined
  /** Bytes that came behind the request and are not HTTP: what a client without `Upgrade` typed ahead. */
  typedAhead: () => Buffer | undefined
  describe: (error: unknown) => ErrorDescription
  /** From here on the answer has no end of its own: a closing server need not wait for it. */
  markEndless: () => void
}
