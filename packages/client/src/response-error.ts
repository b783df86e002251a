import { CodedError, readBounded, type ErrorCode } from '@berth/stdx'
import type { EngineResponse } from './engine-client.ts'

const errorBytesMax = 1024 * 1024

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid-argument',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  501: 'not-implemented',
  503: 'unavailable',
}

/** What an engine said with a status of 400 or more. */
export async function responseError(response: EngineResponse, path: string): Promise<CodedError> {
  const text = Buffer.from(await readBounded(response.body, errorBytesMax, 'an error of the engine'))
    .toString()
    .trim()
  const message =
    messageIn(text) ||
    `request returned ${response.status} for API route and version ${path}, ` +
      'check if the server supports the requested API version'
  return new CodedError(codes[response.status] ?? 'internal', `Error response from daemon: ${message}`)
}

/** JSON with a message, or the plain text that versions below 1.24 send. */
function messageIn(text: string): string {
  if (!text.startsWith('{')) return text
  try {
    const value = JSON.parse(text) as { message?: unknown }
    return typeof value.message === 'string' ? value.message.trim() : text
  } catch {
    return text
  }
}
