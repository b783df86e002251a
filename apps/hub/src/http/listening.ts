import { once } from 'node:events'
import type { Server } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import { CodedError } from '@berth/stdx'
import { systemReason } from '../config/system-reason.ts'

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

/** `http://host:port`, or `https:`. */
export function urlOf({ address, port }: AddressInfo, isTls: boolean): string {
  return `${isTls ? 'https' : 'http'}://${isIPv6(address) ? `[${address}]` : address}:${port}`
}
