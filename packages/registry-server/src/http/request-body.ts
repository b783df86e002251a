import type { IncomingMessage } from 'node:http'
import { isCoded, readBounded } from '@berth/stdx'

/** The body of a request, which stays open when reading it is given up: an answer has yet to go out. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) }
}

/** All of a body, in memory; throws `tooLarge()` for one of more than `limitBytes`, at once where it says so itself. */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
  tooLarge: () => Error,
): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge()
  try {
    return await readBounded(bodyOf(request), limitBytes, 'request body')
  } catch (error) {
    throw isCoded(error, 'invalid-argument') ? tooLarge() : error
  }
}
