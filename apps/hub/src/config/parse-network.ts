import { isIP } from 'node:net'
import { RefusedSetting } from './refused-setting.ts'

/** Reads an address, or a network like `10.0.0.0/8`, as `address/bits`; throws `invalid-argument`. */
export function parseNetwork(flag: string, text: string): string {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  const bitsMax = version === 4 ? 32 : 128
  const isBits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax)
  if (version > 0 && isBits && rest.length === 0) return `${address}/${bits ?? bitsMax}`
  throw new RefusedSetting(`${flag} ${JSON.stringify(text)} is not a network like 10.0.0.0/8`)
}
