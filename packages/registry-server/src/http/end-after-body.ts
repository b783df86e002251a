import type { IncomingMessage, ServerResponse } from 'node:http'

/** Bytes of a refused body that are read and dropped, so that its connection can be used again. */
const discardBytesMax = 16 * 1024 * 1024
/** A client that sends more has so long to read its answer: one that is cut off sees its own broken pipe instead. */
const lingerMs = 1000

/**
 * Ends an answer that is written but for its end. One to a client that still sends is lost when the connection is cut, as
 * Node does at the end of an answer to who asked for no other: so what is sent is read for a while first.
 */
export function endAfterBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return void response.end()
  request.once('end', () => response.end())
  let sizeBytes = 0
  const discard = (chunk: Uint8Array) => {
    sizeBytes += chunk.length
    if (sizeBytes <= discardBytesMax) return
    request.off('data', discard).pause()
    setTimeout(() => request.destroy(), lingerMs).unref()
  }
  request.on('data', discard)
}
