import type { Descriptor, Reference } from '@berth/oci'
import type { RegistryRequest } from './registry-session.ts'

/** A blob that is to be brought into a repository. */
export interface PushBlobRequest extends Pick<RegistryRequest, 'signal' | 'credentials'> {
  reference: Reference
  descriptor: Descriptor
  open: (start: number) => AsyncIterable<Uint8Array>
  /** Repositories of the same registry that may have the blob, likeliest first. */
  origins: readonly string[]
  onProgress: (sentBytes: number) => void
  commitMs: number
}
