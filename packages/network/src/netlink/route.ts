import type { Subnet } from '../ipv4.ts'
import { decodeAttributes, ipv4Attribute, numberAttribute } from './attribute.ts'
import type { NetlinkRequest } from './message.ts'
import {
  families,
  mainRouteTable,
  messageFlags,
  messageTypes,
  routeAttributes,
  routeProtocolBoot,
  unicastRoute,
} from './protocol.ts'
import type { RouteSocket } from './route-socket.ts'

const headerBytes = 12

export interface Route {
  destination: Subnet
  /** Index of the interface it leaves by; undefined for those that leave by none or by several. */
  index: number | undefined
}

/** The IPv4 routes of every table, the default route with prefix length 0. */
export async function listRoutes(socket: RouteSocket): Promise<Route[]> {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(families.inet, 0)
  const bodies = await socket.list({ type: messageTypes.getRoute, parts: [header], purpose: 'list routes' })
  return bodies.map((body) => {
    const attributes = decodeAttributes(body.subarray(headerBytes))
    const address = attributes.get(routeAttributes.destination)?.readUInt32BE(0) ?? 0
    return {
      destination: { address, prefixLength: body.readUInt8(1) },
      index: attributes.get(routeAttributes.outputInterface)?.readUInt32LE(0),
    }
  })
}

export function addDefaultRoute(index: number, gateway: number): NetlinkRequest {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(families.inet, 0)
  header.writeUInt8(mainRouteTable, 4)
  header.writeUInt8(routeProtocolBoot, 5)
  header.writeUInt8(unicastRoute, 7)
  const parts = [
    header,
    ipv4Attribute(routeAttributes.gateway, gateway),
    numberAttribute(routeAttributes.outputInterface, index),
  ]
  const flags = messageFlags.create | messageFlags.exclusive
  return { type: messageTypes.newRoute, flags, parts, purpose: `add default route by link ${index}` }
}
