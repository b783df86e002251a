import type { IncomingMessage } from 'node:http'
import { CodedError, messageOf, readBounded } from '@berth/stdx'

const limitBytesDefault = 4 * 1024 * 1024

/** Reads a JSON body in the words of the Engine API; undefined when there is none. */
export async function readJsonBody(
  request: IncomingMessage,
  limitBytes = limitBytesDefault,
): Promise<unknown> {
  const text = Buffer.from(await readBounded(request, limitBytes, 'request body')).toString('utf8')
  if (text.trim() === '') return undefined
  checkContentType(request.headers['content-type'])
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw invalid(isTrailing(error) ? 'unexpected content after JSON' : `invalid JSON: ${messageOf(error)}`)
  }
}

export function missingBody(): CodedError {
  return invalid('invalid JSON: got EOF while reading request body')
}

function checkContentType(header: string | undefined): void {
  const type = header?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json') {
    throw invalid(`unsupported Content-Type header (${header ?? ''}): must be 'application/json'`)
  }
}

/** V8's words for a second value behind the first. */
function isTrailing(error: unknown): boolean {
  return messageOf(error).startsWith('Unexpected non-whitespace character after JSON')
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
