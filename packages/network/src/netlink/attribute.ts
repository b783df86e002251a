import { CodedError } from '@berth/stdx'

const headerBytes = 4
const lengthMax = 0xffff
/** The two high bits of an attribute's type are flags (nested, network byte order). */
const typeMask = 0x3fff

/**
 * One attribute: length, type, payload, padding to four bytes. The length field has 16 bits; a longer payload would
 * wrap round and let its rest be read as further attributes, so it throws.
 */
export function encodeAttribute(type: number, payload: Uint8Array): Uint8Array {
  const length = headerBytes + payload.length
  if (length > lengthMax) {
    throw new CodedError(
      'invalid-argument',
      `Cannot encode netlink attribute ${type}: ${length} bytes, at most ${lengthMax} fit`,
    )
  }
  const attribute = Buffer.alloc(align(length))
  attribute.writeUInt16LE(length, 0)
  attribute.writeUInt16LE(type, 2)
  attribute.set(payload, headerBytes)
  return attribute
}

export function textAttribute(type: number, text: string): Uint8Array {
  return encodeAttribute(type, Buffer.from(`${text}\0`))
}

export function numberAttribute(type: number, value: number): Uint8Array {
  const payload = Buffer.alloc(4)
  payload.writeUInt32LE(value)
  return encodeAttribute(type, payload)
}

/** An IPv4 address, which travels in network byte order. */
export function ipv4Attribute(type: number, address: number): Uint8Array {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(address)
  return encodeAttribute(type, payload)
}

export function nestedAttribute(type: number, parts: readonly Uint8Array[]): Uint8Array {
  return encodeAttribute(type, Buffer.concat(parts))
}

/** Payloads by type; of a type that occurs twice the last one. Throws when a length points outside of `bytes`. */
export function decodeAttributes(bytes: Uint8Array): Map<number, Buffer> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const attributes = new Map<number, Buffer>()
  for (let offset = 0; offset + headerBytes <= view.length;) {
    const length = view.readUInt16LE(offset)
    if (length < headerBytes || offset + length > view.length) {
      throw new CodedError(
        'internal',
        `Cannot decode netlink attribute: length ${length} at ${offset} of ${view.length} bytes`,
      )
    }
    attributes.set(
      view.readUInt16LE(offset + 2) & typeMask,
      view.subarray(offset + headerBytes, offset + length),
    )
    offset += align(length)
  }
  return attributes
}

/** Netlink aligns everything to four bytes (NLA_ALIGNTO, NLMSG_ALIGNTO). */
export function align(length: number): number {
  return (length + 3) & ~3
}
