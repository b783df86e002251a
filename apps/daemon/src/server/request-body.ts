import type { IncomingMessage } from 'node:http'

/**
 * A body that is no JSON. A reader that stops early leaves the connection whole, so that its error reaches the client;
 * what the client still sends then is read and dropped.
 */
export async function* requestBody(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  } finally {
    request.resume()
  }
}
