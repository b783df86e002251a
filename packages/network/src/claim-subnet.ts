import { CodedError } from '@berth/stdx'
import { randomInt } from 'node:crypto'
import { listTakenSubnets } from './bridge.ts'
import { formatSubnet, overlaps, type Subnet } from './ipv4.ts'
import { addAddress, deleteAddress, listAddresses } from './netlink/address.ts'
import type { Link } from './netlink/link.ts'
import type { RouteSocket } from './netlink/route-socket.ts'
import type { SelectedSubnet } from './select-subnet.ts'
import { listFreeSubnets } from './subnet-pool.ts'

/** Each claim fails only when another one is made at the same moment. */
const claimsMax = 20

/**
 * Gives the bridge its address, and returns the subnet that it has by that. Another program may have taken the same
 * one since it was looked up, and the kernel lets both: so who finds another's address after its own is there gives
 * way, unless just this subnet is asked for. When both find each other both do, each to a subnet by chance.
 */
export async function claimSubnet(
  socket: RouteSocket,
  bridge: Link,
  { subnet: selected, isReplaceable }: SelectedSubnet,
): Promise<Subnet> {
  let subnet = selected
  for (let claims = 0; claims < claimsMax; claims++) {
    await holdGateway(socket, bridge, subnet)
    if (!isReplaceable) return subnet
    const taken = await listTakenSubnets(socket, bridge.index)
    if (!taken.some((other) => overlaps(subnet, other))) return subnet
    await socket.apply(deleteAddress(bridge.index, gatewayOf(subnet), subnet))
    const free = listFreeSubnets(taken)
    subnet = free[randomInt(free.length)]!
  }
  throw new CodedError('unavailable', 'Cannot choose a subnet: others take each at the same time', {
    hint: 'Start again, or say which subnet to use.',
  })
}

async function holdGateway(socket: RouteSocket, { index, name }: Link, subnet: Subnet): Promise<void> {
  const gateway = gatewayOf(subnet)
  const held = (await listAddresses(socket)).filter((other) => other.index === index)
  const wrong = held.find(
    ({ address }) => address !== gateway && overlaps({ address, prefixLength: 32 }, subnet),
  )
  if (wrong !== undefined) {
    throw new CodedError(
      'conflict',
      `Cannot use bridge ${name}: it has another address of ${formatSubnet(subnet)}`,
    )
  }
  if (!held.some(({ address }) => address === gateway)) {
    await socket.apply(addAddress(index, gateway, subnet))
  }
}

/** The bridge has the first address. */
const gatewayOf = (subnet: Subnet): number => subnet.address + 1
