import { CodedError } from '@berth/stdx'
import { overlaps, parseSubnet, sizeOf, type Subnet } from './ipv4.ts'

/** The ranges that Docker takes subnets from by default, in its order, and how large a subnet of each is. */
const defaultPools = [
  ...Array.from({ length: 15 }, (_, index) => ({ base: `172.${17 + index}.0.0/16`, prefixLength: 16 })),
  { base: '192.168.0.0/16', prefixLength: 20 },
]

/** The subnets of the default pools that touch none of `taken`, at least one. */
export function listFreeSubnets(taken: readonly Subnet[]): [Subnet, ...Subnet[]] {
  const [first, ...more] = defaultSubnets().filter(
    (subnet) => !taken.some((other) => overlaps(subnet, other)),
  )
  if (first === undefined) {
    throw new CodedError('unavailable', 'all predefined address pools have been fully subnetted')
  }
  return [first, ...more]
}

function* defaultSubnets(): Generator<Subnet> {
  for (const { base, prefixLength } of defaultPools) {
    const pool = parseSubnet(base)
    for (let offset = 0; offset < sizeOf(pool.prefixLength); offset += sizeOf(prefixLength)) {
      yield { address: pool.address + offset, prefixLength }
    }
  }
}
