import type { Descriptor, Reference } from '@berth/oci'
import type { Endpoint } from './transport/endpoint.ts'

/** Where an endpoint has a blob. */
export function blobPath(
  { namedBy, root }: Endpoint,
  { reference, descriptor }: { reference: Reference; descriptor: Descriptor },
): string | URL {
  return namedBy ? root : `${reference.repository}/blobs/${descriptor.digest}`
}
