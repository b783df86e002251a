import type { ServerResponse } from 'node:http'
import { firstFailure, isCoded, messageOf, type ErrorCode } from '@berth/stdx'
import { versionAtLeast } from '@berth/api'
import type { ErrorDescription } from '../server/exchange.ts'
import { encodeJson } from '../server/json-encode.ts'

/** The one place where a class of error becomes a status of the Engine API. */
const statusByCode = {
  'invalid-argument': 400,
  // Of a registry. Clients take 401 for a question, and ask their user for a login: only `/auth` answers with it.
  unauthorized: 500,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'already-exists': 409,
  'failed-precondition': 409,
  cancelled: 500,
  deadline: 500,
  'data-loss': 500,
  'no-space': 500,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>

export function describeError(thrown: unknown): ErrorDescription {
  const error = firstFailure(thrown)
  const code = isCoded(error) ? error.code : 'internal'
  const message = messageOf(error) || 'unknown error'
  return { status: statusByCode[code], code, message, hint: isCoded(error) ? error.hint : undefined }
}

/** Versions before this one read plain text. */
const firstJsonVersion = '1.24'

/** Sends an error. The type is bare on purpose: with a charset behind it the docker CLI prints the JSON itself. */
export function sendError(
  response: ServerResponse,
  { status, message, hint }: ErrorDescription,
  apiVersion: string,
): void {
  const isJson = versionAtLeast(apiVersion, firstJsonVersion)
  const body = isJson ? encodeJson({ message, hint }) : Buffer.from(`${message}\n`)
  response.writeHead(status, {
    'Content-Type': isJson ? 'application/json' : 'text/plain; charset=utf-8',
    'Content-Length': body.length,
  })
  response.end(body)
}
