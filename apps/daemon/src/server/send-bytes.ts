import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Exchange } from './exchange.ts'

export type Headers = Readonly<Record<string, string>>

export interface SendOptions {
  contentType: string
  headers?: Headers
  flushHeaders?: boolean
}

/**
 * Sends a body as it comes. The header goes out with the first bytes, so whatever is thrown before them can still be
 * told by status; what is thrown later cuts the connection, the only way left to say that the body is not whole.
 */
export async function sendBytes(
  exchange: Exchange,
  body: AsyncIterable<Uint8Array>,
  options: SendOptions,
): Promise<void> {
  const { response, signal } = exchange
  const begin = () => {
    exchange.markEndless()
    response.writeHead(200, { 'Content-Type': options.contentType, ...options.headers })
  }
  if (options.flushHeaders) {
    begin()
    response.flushHeaders()
  }
  for await (const chunk of body) {
    if (!response.headersSent) begin()
    await writeTo(response, chunk, signal)
  }
  if (!response.headersSent) begin()
  response.end()
}

/** Resolves when the writer wants more; rejects with the reason of `signal` when it aborts meanwhile. */
export async function writeTo(target: Writable, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (target.write(chunk)) return
  try {
    await once(target, 'drain', { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
