import type { Descriptor, Reference } from '@berth/oci'
import { discard } from './transport/discard.ts'
import { EndpointFailure } from './transport/endpoint-failure.ts'
import type { Endpoint } from './transport/endpoint.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'
import { pushScopes } from './auth/scopes.ts'

export interface HasManifestRequest extends Pick<RegistryRequest, 'signal' | 'credentials'> {
  reference: Reference
  descriptor: Descriptor
}

/** One look at one endpoint. What hinders it is told by the push that follows: here it only means no. */
export async function hasManifestAt(
  session: RegistrySession,
  endpoint: Endpoint,
  { reference, descriptor, ...request }: HasManifestRequest,
): Promise<boolean> {
  try {
    const { response } = await session.send(endpoint, {
      ...request,
      method: 'HEAD',
      path: `${reference.repository}/manifests/${descriptor.digest}`,
      scopes: pushScopes(reference),
      headers: { Accept: descriptor.mediaType },
    })
    discard(response, { hasBody: false })
    return response.statusCode === 200
  } catch (error) {
    if (error instanceof EndpointFailure) return false
    throw error
  }
}
