import type { IncomingMessage } from 'node:http'

const discardBytesMax = 16 * 1024

/** Reads a short body to its end, so that the connection can be used again; a long one is cut. */
export function discard(response: IncomingMessage, { hasBody = true } = {}): void {
  // Whatever becomes of a body that nobody wants is no error; without a listener it would end the process.
  response.on('error', () => {})
  const isBare = !hasBody || response.statusCode === 204
  if (isBare || Number(response.headers['content-length'] ?? Infinity) <= discardBytesMax) response.resume()
  else response.destroy()
}
