import { CodedError } from '@berth/stdx'
import { randomBytes } from 'node:crypto'
import type { Subnet } from './ipv4.ts'
import { formatMacAddress } from './mac-address.ts'
import { listAddresses } from './netlink/address.ts'
import { createBridge, findLink, type Link } from './netlink/link.ts'
import { listRoutes } from './netlink/route.ts'
import type { RouteSocket } from './netlink/route-socket.ts'
import { writeSetting } from './sysctl.ts'

/** An interface name that is safe in a rule and in a path; the kernel's limit is 15 characters. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/

export function checkBridgeName(name: string): void {
  if (namePattern.test(name)) return
  throw new CodedError(
    'invalid-argument',
    `Cannot name bridge ${JSON.stringify(name)}: 1 to 15 of A-Z a-z 0-9 _ . -`,
  )
}

/** The bridge of that name, if there is one. Throws when another kind of interface has the name. */
export async function findBridge(socket: RouteSocket, name: string): Promise<Link | undefined> {
  const link = await findLink(socket, name)
  if (link === undefined || link.kind === 'bridge') return link
  throw new CodedError('failed-precondition', `Cannot use ${name} as bridge: it is another kind of interface`)
}

/** What the host's addresses and routes occupy, without those of the link `exceptIndex`. */
export async function listTakenSubnets(
  socket: RouteSocket,
  exceptIndex: number | undefined,
): Promise<Subnet[]> {
  const addresses = await listAddresses(socket)
  const routes = await listRoutes(socket)
  return [
    ...addresses.filter(({ index }) => index !== exceptIndex),
    ...routes
      .filter(({ index, destination }) => index !== exceptIndex && destination.prefixLength > 0)
      .map(({ destination }) => destination),
  ].map(({ address, prefixLength }) => ({ address, prefixLength }))
}

/** Makes the bridge if need be. */
export async function ensureBridge(socket: RouteSocket, name: string): Promise<Link> {
  if ((await findBridge(socket, name)) === undefined) await socket.apply(createBridge(name, randomMac()))
  const bridge = await findBridge(socket, name)
  if (bridge === undefined)
    throw new CodedError('unavailable', `Cannot make bridge ${name}: it is gone again`)
  // A container must not move the host's routes by router advertisements (CVE-2020-13401).
  writeSetting(`ipv6/conf/${name}/accept_ra`, '0')
  return bridge
}

/** Locally administered, one machine. */
function randomMac(): string {
  return `02:42:${formatMacAddress(randomBytes(4))}`
}
