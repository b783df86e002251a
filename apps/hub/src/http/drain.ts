import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Requests that are still answered when asked to stop get this long. */
const drainMs = 30_000
/** A client that keeps a connection for its next request may have just sent that. */
const lingerMs = 250
/** Connections that came at the last moment, and on which nothing comes. */
const sweepIntervalMs = 1000

/**
 * Follows what a server answers, over TLS or not; what is returned ends it so that no client is cut off in a request: nobody
 * is taken in any more, each answer says that it is the last of its connection, and connections that have none to come are
 * ended when nothing came on them for a while. What is left after 30 s is cut.
 */
export function prepareDrain(server: Server, { isTls }: { isTls: boolean }): () => Promise<void> {
  const connections = new Set<Socket>()
  const answering = new Set<ServerResponse>()
  let isDraining = false
  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.prependListener('request', (_, response: ServerResponse) => {
    answering.add(response)
    response.once('close', () => answering.delete(response))
    if (isDraining) response.setHeader('Connection', 'close')
  })
  return () => {
    isDraining = true
    for (const response of answering) if (!response.headersSent) response.setHeader('Connection', 'close')
    const busy = new Set([...answering].map(({ socket }) => socket))
    return endConnections(
      server,
      [...connections].filter((socket) => !busy.has(socket)),
    )
  }
}

async function endConnections(server: Server, idle: readonly Socket[]): Promise<void> {
  const closed = once(server, 'close')
  // For answers whose head was out before; `closeIdleConnections` does not know since when one is idle.
  server.keepAliveTimeout = lingerMs
  const received = idle.map((socket) => ({ socket, bytes: socket.bytesRead }))
  // Who has connected already is taken in first: what waits for that is reset.
  await nextTurn()
  // The one of node:http ends at once what was just answered, so that the next request meets a reset.
  NetServer.prototype.close.call(server)
  const timers = [
    // Once what has come by then is read: timers have their turn before that.
    setTimeout(() => setImmediate(() => endUnused(received)), lingerMs),
    setInterval(() => server.closeIdleConnections(), sweepIntervalMs),
    setTimeout(() => server.closeAllConnections(), drainMs),
  ]
  await closed
  for (const timer of timers) clearTimeout(timer)
}

function endUnused(received: readonly { socket: Socket; bytes: number }[]): void {
  for (const { socket, bytes } of received) if (socket.bytesRead === bytes) socket.destroy()
}
