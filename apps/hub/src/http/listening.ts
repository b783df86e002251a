import { once } from 'node:events'
import type { Server } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import { CodedError } from '@berth/stdx'
import { systemReason } from '../config/system-reason.ts'

/** Requests that are still answered when asked to stop get this long. */
const drainMs = 30_000
const sweepIntervalMs = 50

/** Throws `unavailable` when the address cannot be had. */
export async function startListening(
  server: Server,
  { host, port }: { host: string; port: number },
): Promise<void> {
  try {
    server.listen(port, host === '' ? undefined : host)
    await once(server, 'listening')
  } catch (error) {
    throw new CodedError('unavailable', `Cannot listen on ${host}:${port}: ${systemReason(error)}`, {
      cause: error,
      hint: 'Choose another address with --listen.',
    })
  }
}

/** Ends idle connections, lets running requests finish, and cuts what is left after a while. */
export async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // What was busy just now stays connected once it is answered: clients keep connections for the next request.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepIntervalMs)
  const force = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}

/** `http://host:port`, or `https:`. */
export function urlOf({ address, port }: AddressInfo, isTls: boolean): string {
  return `${isTls ? 'https' : 'http'}://${isIPv6(address) ? `[${address}]` : address}:${port}`
}
