import { EndpointFailure } from '../transport/endpoint-failure.ts'

/**
 * Decides what may be sent to the token service that a registry names: nothing over plain HTTP unless the registry
 * itself was reached that way, and credentials only to the registry's own host or, over TLS, to a host beside or above
 * it (auth.docker.io for registry-1.docker.io). A registry that was taken over could name any host.
 */
export function checkRealm(realm: string, registry: URL): { url: URL; mayHaveCredentials: boolean } {
  const url = URL.parse(realm, registry.href)
  const isPlainAllowed = registry.protocol === 'http:' && url?.protocol === 'http:'
  if (!url || (url.protocol !== 'https:' && !isPlainAllowed)) {
    throw new EndpointFailure(
      `Cannot get a token for ${registry.host}: it names a token service that is not on TLS`,
      {
        kind: 'refused',
        code: 'forbidden',
        summary: 'token service not on TLS',
      },
    )
  }
  url.username = ''
  url.password = ''
  url.hash = ''
  return { url, mayHaveCredentials: url.hostname === registry.hostname || isRelated(url, registry) }
}

function isRelated(realm: URL, registry: URL): boolean {
  const parent = registry.hostname.split('.').slice(1).join('.')
  const isName = parent.includes('.') && !/^[\d.]+$|:/.test(registry.hostname)
  return (
    realm.protocol === 'https:' &&
    isName &&
    (realm.hostname === parent || realm.hostname.endsWith(`.${parent}`))
  )
}
