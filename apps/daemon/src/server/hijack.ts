import type { OutgoingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Exchange } from './exchange.ts'

export interface Takeover {
  /**
   * Gets the raw connection. Its end is the client's half-close, after which it may still be written to; reading it with
   * `for await` alone would close it, so use `iterator({ destroyOnReturn: false })`.
   */
  run: (connection: Duplex) => Promise<void>
  contentType: string
}

/** Sends the header and hands the connection over; closes it when `run` has settled, and not before. */
export async function takeOver(exchange: Exchange, { run, contentType }: Takeover): Promise<void> {
  const { request, response } = exchange
  // The request's own body comes first on the line: what follows it is the client's input.
  for await (const _ of request) continue
  exchange.markEndless()
  const connection = exchange.upgraded ?? rawConnection(exchange)
  if (response.socket) response.detachSocket(response.socket)
  // A client that leaves in the middle is no error here; `run` sees the connection close.
  connection.on('error', () => {})
  connection.write(
    formatHeader(response.getHeaders(), { contentType, isUpgrade: exchange.upgraded !== undefined }),
  )
  try {
    await run(connection)
  } finally {
    connection.end()
    // Nobody reads on: what still arrives must not keep the end from being seen.
    connection.resume()
  }
}

/** Unhooks Node's HTTP parser from the socket of a request without `Upgrade`: all that comes from now on is input. */
function rawConnection({ request, typedAhead }: Exchange): Duplex {
  const { socket } = request
  for (const event of ['data', 'end', 'drain', 'timeout']) socket.removeAllListeners(event)
  socket.setTimeout(0)
  socket.pause()
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
