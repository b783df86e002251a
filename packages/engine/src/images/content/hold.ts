import type { Lease } from '@berth/content'
import type { Digest } from '@berth/oci'

/** Keeps what an image is made of from garbage collection until the image is recorded. */
export interface Hold {
  readonly lease: Lease
  /** Holds layers, also before they are there. */
  holdLayers: (diffIds: readonly Digest[]) => void
}
