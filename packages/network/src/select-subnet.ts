import { CodedError } from '@berth/stdx'
import { listTakenSubnets } from './bridge.ts'
import type { IpamStore } from './ipam-store.ts'
import { formatSubnet, overlaps, parseCidr, parseSubnet, type Subnet, subnetOf } from './ipv4.ts'
import { listAddresses } from './netlink/address.ts'
import type { Link } from './netlink/link.ts'
import type { RouteSocket } from './netlink/route-socket.ts'
import { listFreeSubnets } from './subnet-pool.ts'

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

export interface SelectedSubnet {
  subnet: Subnet
  /** Any other does as well. */
  isReplaceable: boolean
}

/**
 * The subnet of a bridge, by the first that applies: the one asked for; that of endpoints that are still there; that
 * of the existing bridge; that of before, if nothing else on the host uses it by now; a free one of the default pools.
 */
export async function selectSubnet({
  socket,
  store,
  existing,
  wanted,
}: SubnetSources): Promise<SelectedSubnet> {
  const former = store.findNetwork()?.subnet
  const inUse = former !== undefined && store.listEndpoints().length > 0 ? former : undefined
  if (wanted !== undefined) return only(checkWanted(parseWanted(wanted), inUse))
  if (inUse !== undefined) return only(inUse)
  const held = (await listAddresses(socket)).find(({ index }) => index === existing?.index)
  if (held !== undefined) return only(subnetOf(held.address, held.prefixLength))
  const taken = await listTakenSubnets(socket, existing?.index)
  const isFormerFree = former !== undefined && !taken.some((other) => overlaps(former, other))
  return { subnet: isFormerFree ? former : listFreeSubnets(taken)[0], isReplaceable: true }
}

const only = (subnet: Subnet): SelectedSubnet => ({ subnet, isReplaceable: false })

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
