import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { CodedError } from '@berth/stdx'
import ipaddr from 'ipaddr.js'

export interface ReachableOptions {
  /** Networks that are reached although they are not public, as `address/bits`. */
  allowedNetworks: readonly string[]
  signal: AbortSignal
  /** Addresses of a name (default: the machine's resolver). */
  resolve?: (host: string) => Promise<readonly string[]>
}

/**
 * The address to connect to for the host of a URL: a public one, or one in a network that is allowed. The connection
 * must be made to this very address: a name that is looked up again may have another by then. Throws `forbidden`.
 */
export async function findReachableAddress(host: string, options: ReachableOptions): Promise<string> {
  const { resolve = resolveHost } = options
  const plain = host.replace(/^\[|\]$/g, '')
  const addresses = isIP(plain) ? [plain] : await resolve(plain)
  options.signal.throwIfAborted()
  // One inner address among public ones is a name that points inside: nothing of it is believed.
  if (addresses.length > 0 && addresses.every((address) => isAllowed(address, options.allowedNetworks)))
    return addresses[0] ?? ''
  throw new CodedError('forbidden', 'the address is not a public one', {
    hint: 'Who runs the hub may allow it with --webhook-allow.',
  })
}

async function resolveHost(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/** IPv4 in IPv6 counts as IPv4, so that it is no way around. */
function isAllowed(text: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  return (
    address.range() === 'unicast' ||
    networks.some((network) => {
      const [base, bits] = ipaddr.parseCIDR(network)
      return base.kind() === address.kind() && address.match(base, bits)
    })
  )
}
