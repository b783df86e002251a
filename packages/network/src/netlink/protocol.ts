/**
 * Numbers of rtnetlink that this package uses (linux/netlink.h, rtnetlink.h, if_link.h, if_addr.h, veth.h). They are
 * the kernel's stable interface and the same on every architecture.
 */
export const messageTypes = {
  error: 2,
  done: 3,
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  getRoute: 26,
} as const

export const messageFlags = { request: 0x1, ack: 0x4, exclusive: 0x200, dump: 0x300, create: 0x400 } as const

export const linkAttributes = { address: 1, name: 3, master: 10, info: 18, namespaceFd: 28 } as const
export const linkInfoAttributes = { kind: 1, data: 2 } as const
export const vethAttributes = { peer: 1 } as const
export const addressAttributes = { address: 1, local: 2, broadcast: 4 } as const
export const routeAttributes = { destination: 1, outputInterface: 4, gateway: 5 } as const

export const families = { unspecified: 0, inet: 2 } as const
export const interfaceUp = 0x1
export const loopbackIndex = 1
export const mainRouteTable = 254
export const routeProtocolBoot = 3
export const unicastRoute = 1
