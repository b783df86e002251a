import { BlockList, isIP } from 'node:net'

const internal = new BlockList()
// This machine, and where clouds keep the secrets of machines (RFC 6890: this host, loopback, link local).
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const)
  internal.addSubnet(address, bits, 'ipv4')
internal.addAddress('::', 'ipv6')
internal.addAddress('::1', 'ipv6')
internal.addSubnet('fe80::', 10, 'ipv6')
// Amazon's metadata service over IPv6.
internal.addAddress('fd00:ec2::254', 'ipv6')

/** True for this machine's own addresses and those of its local link: nobody else can mean them. */
export function isInternalAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && internal.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
