import type { Descriptor, Reference } from '@berth/oci'
import { discard } from './transport/discard.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { bytesBody } from './transport/http-request.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'
import { pushScopes } from './auth/scopes.ts'

export interface PushManifestRequest extends Pick<RegistryRequest, 'signal' | 'credentials'> {
  reference: Reference
  descriptor: Descriptor
  bytes: Uint8Array
}

/** One attempt at one endpoint: stores a manifest under the tag of the reference, or under its digest. */
export async function pushManifestTo(
  session: RegistrySession,
  endpoint: Endpoint,
  { reference, descriptor, bytes, ...request }: PushManifestRequest,
): Promise<void> {
  const { response } = await session.send(endpoint, {
    ...request,
    method: 'PUT',
    path: `${reference.repository}/manifests/${reference.tag ?? descriptor.digest}`,
    scopes: pushScopes(reference),
    headers: { 'Content-Type': descriptor.mediaType },
    body: bytesBody(bytes),
  })
  if (response.statusCode !== 201) throw await refusal(response, { pushTo: reference })
  discard(response)
}
