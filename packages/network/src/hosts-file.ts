import { CodedError } from '@berth/stdx'
import ipaddr from 'ipaddr.js'

export interface HostsRequest {
  hostname: string
  domainname?: string
  /** The container's own; empty when it has no network of its own. */
  addresses: readonly string[]
  /** `--add-host`: `name:address`, or `name=address`; IPv6 addresses with or without brackets. */
  extraHosts?: readonly string[]
  /** IPv6 is off in the sandbox, so its names would not answer. */
  withoutIpv6?: boolean
}

/** What Docker writes at the start of every container's file. */
const ipv4Lines = [['127.0.0.1', 'localhost']] as const
const ipv6Lines = [
  ['::1', 'localhost ip6-localhost ip6-loopback'],
  ['fe00::', 'ip6-localnet'],
  ['ff00::', 'ip6-mcastprefix'],
  ['ff02::1', 'ip6-allnodes'],
  ['ff02::2', 'ip6-allrouters'],
] as const

/** The content of a container's `/etc/hosts`. Throws `invalid-argument` for an extra host that has no valid address. */
export function formatHosts({
  hostname,
  domainname,
  addresses,
  extraHosts = [],
  withoutIpv6,
}: HostsRequest): string {
  const names = domainname ? `${hostname}.${domainname} ${hostname}` : hostname
  const lines = [
    ...ipv4Lines,
    ...(withoutIpv6 ? [] : ipv6Lines),
    ...extraHosts.map(parseExtraHost),
    ...addresses.map((address) => [address, names] as const),
  ]
  return lines.map(([address, names]) => `${address}\t${names}\n`).join('')
}

/** `name:address` to its line of the file. Throws Docker's error. */
export function parseExtraHost(text: string): readonly [address: string, name: string] {
  const [, name = '', bracketed = ''] = /^([^=:]+)[=:](.*)$/s.exec(text) ?? []
  const address = bracketed.replace(/^\[(.*)\]$/, '$1')
  if (name === '' || /\s/.test(name))
    throw new CodedError('invalid-argument', `bad format for add-host: "${text}"`)
  if (!isAddress(address))
    throw new CodedError('invalid-argument', `invalid IP address in add-host: "${address}"`)
  return [address, name]
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}
