import type { IncomingMessage, ServerResponse } from 'node:http'
import { CodedError, firstFailure, isCoded, noSpaceError, type ErrorCode } from '@berth/stdx'
import { backendFailure } from './backend-failure.ts'
import { endAfterBody } from './end-after-body.ts'
import { RegistryError, type RegistryErrorKind } from '../registry-error.ts'

/** Distribution specification, the failure columns of "Endpoints". */
const kindStatus: Readonly<Record<RegistryErrorKind, number>> = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  BODY_TOO_LARGE: 413,
  CHUNK_OUT_OF_ORDER: 416,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_TOO_LARGE: 413,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGE_INVALID: 400,
  QUOTA_EXCEEDED: 403,
  SIZE_INVALID: 400,
  TAG_IMMUTABLE: 403,
  TAG_INVALID: 400,
  TOO_MANY_REQUESTS: 429,
  UNAUTHORIZED: 401,
  UNKNOWN_ROUTE: 404,
  UNSUPPORTED: 405,
  UPSTREAM_FAILED: 502,
  UPSTREAM_TIMEOUT: 504,
}

const codeStatus: Readonly<Record<ErrorCode, number>> = {
  'invalid-argument': 400,
  'not-found': 404,
  conflict: 409,
  'already-exists': 409,
  'failed-precondition': 412,
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

const retryAfterSecondsDefault = 10

export interface ErrorReply {
  status: number
  code: string
  message: string
  detail?: unknown
  retryAfterMs?: number | undefined
}

/** How an error is told to a client; anything unforeseen is told as such, without its text. */
export function errorReply(thrown: unknown): ErrorReply {
  const first = firstFailure(thrown)
  const error = isCoded(first) ? first : (backendFailure(first) ?? first)
  if (error instanceof RegistryError) {
    return {
      status: kindStatus[error.kind],
      code: error.specificationCode,
      message: error.message,
      detail: error.detail,
      retryAfterMs: error.retryAfterMs,
    }
  }
  if (noSpaceError(error, 'store'))
    return { status: 503, code: 'UNAVAILABLE', message: 'no space left in the registry' }
  if (error instanceof CodedError && error.code !== 'internal') {
    return { status: codeStatus[error.code], code: 'UNKNOWN', message: error.message }
  }
  return { status: 500, code: 'UNKNOWN', message: 'unknown error' }
}

/** Distribution specification, "Error Codes": `{"errors":[{"code","message","detail"}]}`. The request may still be coming. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  { status, retryAfterMs, ...error }: ErrorReply,
): void {
  const body = Buffer.from(JSON.stringify({ errors: [error] }))
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    ...retryHeader(status, retryAfterMs),
  })
  response.write(body)
  endAfterBody(request, response)
}

function retryHeader(status: number, retryAfterMs: number | undefined): { 'Retry-After'?: number } {
  if (retryAfterMs !== undefined) return { 'Retry-After': Math.max(1, Math.ceil(retryAfterMs / 1000)) }
  return status === 503 || status === 429 ? { 'Retry-After': retryAfterSecondsDefault } : {}
}
