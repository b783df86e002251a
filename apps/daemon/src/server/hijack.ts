import type { OutgoingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Exchange } from './exchange.ts'
import { writeTo } from './send-bytes.ts'

/** A connection that carries raw bytes both ways. */
export interface HijackedConnection {
  /** What the client sends, once; ends when it closes its half. Leaving it early closes nothing. */
  readonly input: AsyncIterable<Uint8Array>
  /** Resolves when more may be written; rejects when the client has left. */
  readonly write: (chunk: Uint8Array) => Promise<void>
}

export interface Takeover {
  run: (connection: HijackedConnection) => Promise<void>
  contentType: string
}

/** Sends the header and hands the connection over; closes it when `run` has settled, and not before. */
export async function takeOver(exchange: Exchange, { run, contentType }: Takeover): Promise<void> {
  const { request, response, signal } = exchange
  // The request's own body comes first on the line: what follows it is the client's input.
  for await (const _ of request) continue
  exchange.markEndless()
  const connection = exchange.upgraded ?? rawConnection(exchange)
  if (response.socket) response.detachSocket(response.socket)
  // A client that leaves in the middle is no error here: `signal` tells it.
  connection.on('error', () => {})
  const isUpgrade = exchange.upgraded !== undefined
  connection.write(formatHeader(response.getHeaders(), { contentType, isUpgrade }))
  try {
    await run({
      input: connection.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>,
      write: (chunk) => writeTo(connection, chunk, signal),
    })
  } finally {
    connection.end()
    // Nobody reads on: what still arrives must not keep the end from being seen.
    connection.resume()
  }
}

/** Unhooks Node's HTTP parser from the socket of a request without `Upgrade`: all that comes from now on is input. */
function rawConnection({ request, typedAhead }: Exchange): Duplex {
  const { socket } = request
  // A listener makes the parser let go of the descriptor; pausing then keeps what arrives until somebody reads.
  socket.on('data', () => {})
  socket.pause()
  for (const event of ['data', 'end', 'drain', 'timeout']) socket.removeAllListeners(event)
  socket.setTimeout(0)
  const early = typedAhead()
  if (early) socket.unshift(early)
  return socket
}

function formatHeader(
  headers: OutgoingHttpHeaders,
  { contentType, isUpgrade }: { contentType: string; isUpgrade: boolean },
): string {
  const lines = [
    isUpgrade ? 'HTTP/1.1 101 UPGRADED' : 'HTTP/1.1 200 OK',
    `Content-Type: ${contentType}`,
    ...(isUpgrade ? ['Connection: Upgrade', 'Upgrade: tcp'] : []),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
