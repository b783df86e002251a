import type { IncomingMessage } from 'node:http'

const forwarded = new WeakMap<IncomingMessage, string>()

/** Where a request comes from: the other end of its connection, or what a proxy that is believed says. */
export function clientAddress(request: IncomingMessage): string {
  return forwarded.get(request) ?? request.socket.remoteAddress ?? ''
}

/** Says for whom a proxy has sent this request; limits and logs then go by that address. */
export function setClientAddress(request: IncomingMessage, address: string): void {
  forwarded.set(request, address)
}
