import { CodedError } from '@berth/stdx'
import ipaddr from 'ipaddr.js'

/** A range of IPv4 addresses; `address` is the first of it, as an unsigned number. */
export interface Subnet {
  address: number
  prefixLength: number
}

export function parseIpv4(text: string): number {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) {
    throw new CodedError('invalid-argument', `Cannot parse IPv4 address ${JSON.stringify(text)}`)
  }
  return Buffer.from(ipaddr.IPv4.parse(text).toByteArray()).readUInt32BE()
}

export function formatIpv4(address: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(address)
  return bytes.join('.')
}

/** Parses `172.17.0.0/16`. Bits behind the prefix must be 0. */
export function parseSubnet(text: string): Subnet {
  const { address, prefixLength } = parseCidr(text)
  const subnet = subnetOf(address, prefixLength)
  if (subnet.address === address) return subnet
  throw new CodedError(
    'invalid-argument',
    `Cannot parse subnet ${JSON.stringify(text)}: it should be ${formatSubnet(subnet)}`,
  )
}

/** Parses an address with the length of its network's prefix: `172.17.0.1/16`. */
export function parseCidr(text: string): { address: number; prefixLength: number } {
  const [address = '', prefix = '', ...rest] = text.split('/')
  const prefixLength = /^\d{1,2}$/.test(prefix) ? Number(prefix) : 33
  if (prefixLength <= 32 && rest.length === 0) return { address: parseIpv4(address), prefixLength }
  throw new CodedError(
    'invalid-argument',
    `Cannot parse subnet ${JSON.stringify(text)}: not of the form 172.17.0.0/16`,
  )
}

export function formatSubnet({ address, prefixLength }: Subnet): string {
  return `${formatIpv4(address)}/${prefixLength}`
}

/** The subnet that holds `address`. */
export function subnetOf(address: number, prefixLength: number): Subnet {
  return { address: address - (address % sizeOf(prefixLength)), prefixLength }
}

/** How many addresses a prefix leaves. */
export function sizeOf(prefixLength: number): number {
  return 2 ** (32 - prefixLength)
}

export function broadcastOf({ address, prefixLength }: Subnet): number {
  return address + sizeOf(prefixLength) - 1
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  return one.address <= broadcastOf(other) && other.address <= broadcastOf(one)
}
