import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { CodedError } from '@berth/stdx'
import ipaddr from 'ipaddr.js'

const hint = 'Who runs the hub may allow it with --webhook-allow.'
/** Of this machine by definition: RFC 6761, 6.3. */
const localName = /(?:^|\.)localhost\.?$/
const loopback = ['127.0.0.1', '::1']
/** All that IANA gives to networks; the rest of IPv6 has IPv4 in it, or nothing. */
const publicIpv6 = ipaddr.parseCIDR('2000::/3')

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
  const literal = literalAddress(host)
  const addresses = literal === undefined ? await resolve(host) : [literal]
  options.signal.throwIfAborted()
  // One inner address among public ones is a name that points inside: nothing of it is believed.
  if (addresses.length > 0 && addresses.every((address) => isAllowed(address, options.allowedNetworks)))
    return addresses[0] ?? ''
  throw new CodedError('forbidden', 'the address is not a public one', { hint })
}

/**
 * Throws `invalid-argument` for a host of a URL that says by itself that it is not public. What a name means is asked when
 * something is sent there: it may mean something else by then.
 */
export function refuseInnerHost(host: string, allowedNetworks: readonly string[]): void {
  const addresses = localName.test(host) ? loopback : [literalAddress(host)]
  if (addresses.some((address) => address === undefined || isAllowed(address, allowedNetworks))) return
  throw new CodedError('invalid-argument', `Cannot use this URL: ${host} is not a public address`, { hint })
}

/** URLs hold addresses in one form, whatever they were written as: IPv6 in brackets. */
function literalAddress(host: string): string | undefined {
  const plain = host.replace(/^\[|\]$/g, '')
  return isIP(plain) ? plain : undefined
}

async function resolveHost(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/** IPv4 in IPv6 counts as IPv4, so that it is no way around. */
function isAllowed(text: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  return (
    isPublic(address) ||
    networks.some((network) => {
      const [base, bits] = ipaddr.parseCIDR(network)
      return base.kind() === address.kind() && address.match(base, bits)
    })
  )
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(publicIpv6))
}
