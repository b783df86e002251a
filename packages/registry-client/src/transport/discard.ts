import type { IncomingMessage } from 'node:http'

const discardBytesMax = 16 * 1024
const discardMs = 5_000

/** Reads a short body to its end, so that the connection can be used again; one that is long, or takes long, is cut. */
export function discard(response: IncomingMessage, { hasBody = true } = {}): void {
  // Whatever becomes of a body that nobody wants is no error; without a listener it would end the process.
  response.on('error', () => {})
  const isBare = !hasBody || response.statusCode === 204
  const isShort = isBare || Number(response.headers['content-length'] ?? Infinity) <= discardBytesMax
  if (!isShort) return void response.destroy()
  const limit = setTimeout(() => response.destroy(), discardMs).unref()
  response.once('close', () => clearTimeout(limit)).resume()
}
