import { systemCode } from '@berth/stdx'
import {
  decodeAttributes,
  encodeAttribute,
  nestedAttribute,
  numberAttribute,
  textAttribute,
} from './attribute.ts'
import type { NetlinkRequest } from './message.ts'
import {
  interfaceUp,
  linkAttributes,
  linkInfoAttributes,
  messageFlags,
  messageTypes,
  vethAttributes,
} from './protocol.ts'
import type { RouteSocket } from './route-socket.ts'

export interface Link {
  index: number
  name: string
  /** What the kernel calls this kind of device: `bridge`, `veth`; empty for hardware. */
  kind: string
}

const createFlags = messageFlags.create | messageFlags.exclusive

/** struct ifinfomsg. */
function linkHeader({ index = 0, up = false }: { index?: number; up?: boolean }): Uint8Array {
  const header = Buffer.alloc(16)
  header.writeInt32LE(index, 4)
  header.writeUInt32LE(up ? interfaceUp : 0, 8)
  header.writeUInt32LE(up ? interfaceUp : 0, 12)
  return header
}

function macBytes(macAddress: string): Uint8Array {
  return Buffer.from(macAddress.replaceAll(':', ''), 'hex')
}

export async function findLink(socket: RouteSocket, name: string): Promise<Link | undefined> {
  const purpose = `find link ${name}`
  try {
    const parts = [linkHeader({}), textAttribute(linkAttributes.name, name)]
    return decodeLink(await socket.get({ type: messageTypes.getLink, parts, purpose }))
  } catch (error) {
    if (systemCode(error) === 'ENODEV') return undefined
    throw error
  }
}

function decodeLink(body: Buffer): Link {
  const attributes = decodeAttributes(body.subarray(16))
  const info = decodeAttributes(attributes.get(linkAttributes.info) ?? Buffer.alloc(0))
  return {
    index: body.readInt32LE(4),
    name: decodeText(attributes.get(linkAttributes.name)),
    kind: decodeText(info.get(linkInfoAttributes.kind)),
  }
}

/** Text ends at its NUL, which some attributes lack. */
function decodeText(payload: Buffer | undefined): string {
  return payload?.toString().replace(/\0.*$/s, '') ?? ''
}

/** A bridge that is down still. Its own MAC address is set, since it would else change with each port that joins. */
export function createBridge(name: string, macAddress: string): NetlinkRequest {
  const parts = [
    linkHeader({}),
    textAttribute(linkAttributes.name, name),
    encodeAttribute(linkAttributes.address, macBytes(macAddress)),
    nestedAttribute(linkAttributes.info, [textAttribute(linkInfoAttributes.kind, 'bridge')]),
  ]
  return { type: messageTypes.newLink, flags: createFlags, parts, purpose: `create bridge ${name}` }
}

export interface VethRequest {
  name: string
  /** Index of the bridge that `name` becomes a port of. */
  master: number
  peer: { name: string; macAddress: string; namespaceFd: number }
}

/** A veth pair with its peer born in another namespace; both ends are down still. */
export function createVeth({ name, master, peer }: VethRequest): NetlinkRequest {
  const peerParts = [
    linkHeader({}),
    textAttribute(linkAttributes.name, peer.name),
    encodeAttribute(linkAttributes.address, macBytes(peer.macAddress)),
    numberAttribute(linkAttributes.namespaceFd, peer.namespaceFd),
  ]
  const parts = [
    linkHeader({}),
    textAttribute(linkAttributes.name, name),
    numberAttribute(linkAttributes.master, master),
    nestedAttribute(linkAttributes.info, [
      textAttribute(linkInfoAttributes.kind, 'veth'),
      nestedAttribute(linkInfoAttributes.data, [nestedAttribute(vethAttributes.peer, peerParts)]),
    ]),
  ]
  return { type: messageTypes.newLink, flags: createFlags, parts, purpose: `create veth ${name}` }
}

export function setLinkUp(link: { index: number } | { name: string }): NetlinkRequest {
  const [parts, shown] =
    'index' in link
      ? [[linkHeader({ index: link.index, up: true })], link.index]
      : [[linkHeader({ up: true }), textAttribute(linkAttributes.name, link.name)], link.name]
  return { type: messageTypes.newLink, parts, purpose: `set link ${shown} up` }
}

/** Deletes a link by name; its veth peer goes with it. True when it was there. */
export async function deleteLink(socket: RouteSocket, name: string): Promise<boolean> {
  const parts = [linkHeader({}), textAttribute(linkAttributes.name, name)]
  try {
    await socket.apply({ type: messageTypes.deleteLink, parts, purpose: `delete link ${name}` })
    return true
  } catch (error) {
    if (systemCode(error) === 'ENODEV') return false
    throw error
  }
}
