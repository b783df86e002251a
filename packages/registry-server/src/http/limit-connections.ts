import type { Server } from 'node:net'
import { networkOf } from './network-of.ts'

/**
 * Ends connections of an address beyond the first `perAddressMax`: who opens more keeps the rest of the server for the
 * others. An address of version 6 counts as the network that one client has.
 */
export function limitConnections(server: Server, perAddressMax: number): void {
  const counts = new Map<string, number>()
  server.on('connection', (socket) => {
    const network = networkOf(socket.remoteAddress ?? '')
    const count = (counts.get(network) ?? 0) + 1
    if (count > perAddressMax) return void socket.destroy()
    counts.set(network, count)
    socket.once('close', () => {
      const left = (counts.get(network) ?? 1) - 1
      if (left === 0) counts.delete(network)
      else counts.set(network, left)
    })
  })
}
