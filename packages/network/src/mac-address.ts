import { CodedError } from '@berth/stdx'

const pattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/

/** Lower-case with colons; dashes are taken too. */
export function parseMacAddress(text: string): string {
  const macAddress = text.toLowerCase().replaceAll('-', ':')
  if (pattern.test(macAddress)) return macAddress
  throw new CodedError('invalid-argument', `invalid MAC address: ${text}`)
}

/** Docker's MAC address of a container: locally administered, then the IPv4 address. */
export function macOfIpv4(address: number): string {
  const bytes = Buffer.from([0x02, 0x42, 0, 0, 0, 0])
  bytes.writeUInt32BE(address, 2)
  return formatMacAddress(bytes)
}

export function formatMacAddress(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?!$)/g, '$&:')
}
