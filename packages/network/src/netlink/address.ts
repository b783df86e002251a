import { type Subnet, broadcastOf } from '../ipv4.ts'
import { decodeAttributes, ipv4Attribute } from './attribute.ts'
import type { NetlinkRequest } from './message.ts'
import { addressAttributes, families, messageFlags, messageTypes } from './protocol.ts'
import type { RouteSocket } from './route-socket.ts'

const headerBytes = 8

/** struct ifaddrmsg. */
function addressHeader(prefixLength: number, index: number): Uint8Array {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(families.inet, 0)
  header.writeUInt8(prefixLength, 1)
  header.writeUInt32LE(index, 4)
  return header
}

export interface InterfaceAddress {
  index: number
  /** The address itself, not its network's first. */
  address: number
  prefixLength: number
}

export async function listAddresses(socket: RouteSocket): Promise<InterfaceAddress[]> {
  const purpose = 'list addresses'
  const bodies = await socket.list({ type: messageTypes.getAddress, parts: [addressHeader(0, 0)], purpose })
  return bodies.flatMap((body) => {
    const attributes = decodeAttributes(body.subarray(headerBytes))
    const address = attributes.get(addressAttributes.local) ?? attributes.get(addressAttributes.address)
    if (address?.length !== 4) return []
    return [
      { index: body.readUInt32LE(4), address: address.readUInt32BE(0), prefixLength: body.readUInt8(1) },
    ]
  })
}

export function addAddress(index: number, address: number, subnet: Subnet): NetlinkRequest {
  const parts = [
    ...addressParts(index, address, subnet),
    ipv4Attribute(addressAttributes.broadcast, broadcastOf(subnet)),
  ]
  const flags = messageFlags.create | messageFlags.exclusive
  return { type: messageTypes.newAddress, flags, parts, purpose: `add address to link ${index}` }
}

export function deleteAddress(index: number, address: number, subnet: Subnet): NetlinkRequest {
  const parts = addressParts(index, address, subnet)
  return { type: messageTypes.deleteAddress, parts, purpose: `delete address of link ${index}` }
}

function addressParts(index: number, address: number, { prefixLength }: Subnet): Uint8Array[] {
  return [
    addressHeader(prefixLength, index),
    ipv4Attribute(addressAttributes.local, address),
    ipv4Attribute(addressAttributes.address, address),
  ]
}
