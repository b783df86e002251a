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
  const told = tellingOf(text)
  const message =
    told.message ||
    `request returned ${response.status} for API route and version ${path}, ` +
      'check if the server supports the requested API version'
  return new CodedError(codes[response.status] ?? 'internal', `Error response from daemon: ${message}`, told)
}

/** JSON with a message and, from our engine, a hint; or the plain text that versions below 1.24 send. */
function tellingOf(text: string): { message: string; hint?: string } {
  if (!text.startsWith('{')) return { message: text }
  try {
    const { message, hint } = JSON.parse(text) as { message?: unknown; hint?: unknown }
    return {
      message: typeof message === 'string' ? message.trim() : text,
      ...(typeof hint === 'string' ? { hint } : {}),
    }
  } catch {
    return { message: text }
  }
}
