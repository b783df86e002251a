import { type Kernel, namespaceFlags } from '@berth/syscalls'
import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import type { Subnet } from './ipv4.ts'
import { insideNamespace } from './namespace.ts'
import { addAddress } from './netlink/address.ts'
import { createVeth, findLink, setLinkUp } from './netlink/link.ts'
import { addDefaultRoute } from './netlink/route.ts'
import { RouteSocket } from './netlink/route-socket.ts'
import { writeSetting } from './sysctl.ts'

const containerInterface = 'eth0'

/** The same for one endpoint always, so that a restarted engine finds it; 13 of the 15 characters that fit. */
export function hostInterfaceOf(endpointId: string): string {
  return `veth${createHash('sha256').update(endpointId).digest('hex').slice(0, 9)}`
}

export interface EndpointLink {
  bridgeIndex: number
  hostInterface: string
  macAddress: string
  address: number
  subnet: Subnet
}

/** Joins the sandbox at `sandboxPath` to a bridge: a veth pair, whose peer becomes its `eth0`, address, default route. */
export async function createEndpointLink(
  kernel: Kernel,
  sandboxPath: string,
  link: EndpointLink,
): Promise<void> {
  using socket = new RouteSocket(kernel)
  const namespaceFd = openSync(sandboxPath, 'r')
  try {
    await socket.apply(
      createVeth({
        name: link.hostInterface,
        master: link.bridgeIndex,
        peer: { name: containerInterface, macAddress: link.macAddress, namespaceFd },
      }),
    )
    disableIpv6(link.hostInterface)
    await socket.apply(setLinkUp({ name: link.hostInterface }))
    using inside = openInside(kernel, namespaceFd)
    await configurePeer(inside, link)
  } finally {
    closeSync(namespaceFd)
  }
}

/** A socket that works in the sandbox, where IPv6 is off for `eth0` before it goes up. */
function openInside(kernel: Kernel, namespaceFd: number): RouteSocket {
  return insideNamespace<RouteSocket>(
    kernel,
    () => kernel.setNamespace(namespaceFd, namespaceFlags.network),
    () => {
      disableIpv6(containerInterface)
      return new RouteSocket(kernel)
    },
  )
}

async function configurePeer(inside: RouteSocket, { address, subnet }: EndpointLink): Promise<void> {
  const peer = await findLink(inside, containerInterface)
  if (peer === undefined)
    throw new Error(`Cannot configure ${containerInterface}: it is gone from its sandbox`)
  await inside.apply(
    addAddress(peer.index, address, subnet),
    setLinkUp(peer),
    addDefaultRoute(peer.index, subnet.address + 1),
  )
}

/** IPv6 must not come up by itself on an endpoint that has IPv4 alone (CVE-2024-32473). */
function disableIpv6(interfaceName: string): void {
  writeSetting(`ipv6/conf/${interfaceName}/disable_ipv6`, '1')
}
