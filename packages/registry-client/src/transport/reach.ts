import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { EndpointFailure } from './endpoint-failure.ts'
import { isInternalAddress } from './internal-address.ts'

/**
 * The addresses of a host that a registry named: a token service, where it redirects to, where a layer is. One that is this
 * machine or on its local link is refused unless the registry itself is there: no registry elsewhere can mean it, but it could
 * make this machine ask what only this machine may. Undefined when there is nothing to hold on to, since a proxy or an error of
 * DNS comes in between.
 */
export async function reachOf(
  url: URL,
  { namedBy, isProxied }: { namedBy: URL; isProxied: boolean },
): Promise<LookupAddress[] | undefined> {
  const addresses = await addressesOf(url, isProxied)
  const isRefused = addresses.some(({ address }) => isInternalAddress(address))
  if (isRefused && !(await addressesOf(namedBy, isProxied)).some(({ address }) => isInternalAddress(address)))
    throw new EndpointFailure(
      `Cannot fetch from ${namedBy.host}: it names ${url.host}, which is this machine or on its local link`,
      { kind: 'refused', code: 'forbidden', summary: 'names a host of this machine' },
    )
  return addresses.length === 0 ? undefined : addresses
}

async function addressesOf({ hostname }: URL, isProxied: boolean): Promise<LookupAddress[]> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family }]
  // A proxy looks the name up itself, perhaps where there is no DNS here; but no proxy is asked for this machine.
  if (isProxied) return []
  const { lookup } = await import('node:dns/promises')
  try {
    return await lookup(host, { all: true })
  } catch {
    // Connecting will tell what is wrong with the name.
    return []
  }
}
