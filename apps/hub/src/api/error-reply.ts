import { RegistryError } from '@berth/registry-server'
import { CodedError, type ErrorCode } from '@berth/stdx'
import { UnreadBody } from './read-json.ts'

const codeStatus: Readonly<Record<ErrorCode, number>> = {
  'invalid-argument': 400,
  'not-found': 404,
  conflict: 409,
  'already-exists': 409,
  'failed-precondition': 409,
  unauthorized: 401,
  forbidden: 403,
  unavailable: 503,
  'not-implemented': 501,
  cancelled: 499,
  deadline: 504,
  'data-loss': 500,
  'no-space': 503,
  internal: 500,
}

const retryAfterMsDefault = 10_000

export interface ApiErrorReply {
  status: number
  message: string
  /** Set when it is worth while to ask again. */
  retryAfterMs?: number
}

/** How an error is told to a client of the API; what was not foreseen is told as such, without its text. */
export function errorReply(error: unknown): ApiErrorReply {
  if (!(error instanceof CodedError) || error.code === 'internal')
    return { status: 500, message: 'internal error' }
  const sentence = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`
  const message = error.hint === undefined ? error.message : `${sentence} ${error.hint}`
  if (error instanceof RegistryError && error.kind === 'TOO_MANY_REQUESTS')
    return { status: 429, message, retryAfterMs: error.retryAfterMs ?? retryAfterMsDefault }
  const status = error instanceof UnreadBody ? error.status : codeStatus[error.code]
  return status === 503 ? { status, message, retryAfterMs: retryAfterMsDefault } : { status, message }
}
