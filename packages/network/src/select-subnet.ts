import { CodedError } from '@berth/stdx'
import { listTakenSubnets } from './bridge.ts'
import type { IpamStore } from './ipam-store.ts'
import { formatSubnet, overlaps, parseCidr, parseSubnet, type Subnet, subnetOf } from './ipv4.ts'
import { listAddresses } from './netlink/address.ts'
import type { Link } from './netlink/link.ts'
import type { RouteSocket } from './netlink/route-socket.ts'
import { chooseSubnet } from './subnet-pool.ts'

/** Network, gateway, broadcast and one endpoint need four addresses. */
const prefixLengthMax = 30

export interface SubnetSources {
  socket: RouteSocket
  store: IpamStore
  /** The bridge, if it is there already. */
  existing: Link | undefined
  /** What the administrator asked for. */
  wanted: string | undefined
}

/**
 * The subnet of a bridge, by the first that applies: the one asked for; that of endpoints that are still there; that
 * of the existing bridge; that of before, if nothing else on the host uses it by now; a free one of the default pools.
 */
export async function selectSubnet({ socket, store, existing, wanted }: SubnetSources): Promise<Subnet> {
  const former = store.findNetwork()?.subnet
  const inUse = former !== undefined && store.listEndpoints().length > 0 ? former : undefined
  if (wanted !== undefined) return checkWanted(parseWanted(wanted), inUse)
  if (inUse !== undefined) return inUse
  const held = (await listAddresses(socket)).find(({ index }) => index === existing?.index)
  if (held !== undefined) return subnetOf(held.address, held.prefixLength)
  const taken = await listTakenSubnets(socket, existing?.index)
  if (former !== undefined && !taken.some((other) => overlaps(former, other))) return former
  return chooseSubnet(taken)
}

/** The subnet itself, or the address that the bridge has in it, as Docker's `--bip` says it. */
function parseWanted(text: string): Subnet {
  const { address, prefixLength } = parseCidr(text)
  const subnet = subnetOf(address, prefixLength)
  return address === subnet.address + 1 ? subnet : parseSubnet(text)
}

function checkWanted(wanted: Subnet, inUse: Subnet | undefined): Subnet {
  const shown = formatSubnet(wanted)
  if (wanted.prefixLength > prefixLengthMax) {
    throw new CodedError(
      'invalid-argument',
      `Cannot use subnet ${shown}: a prefix of at most ${prefixLengthMax} is needed`,
    )
  }
  if (inUse !== undefined && formatSubnet(inUse) !== shown) {
    throw new CodedError(
      'failed-precondition',
      `Cannot use subnet ${shown}: containers still use ${formatSubnet(inUse)}`,
      {
        hint: 'Stop the containers first, or keep the subnet.',
      },
    )
  }
  return wanted
}
