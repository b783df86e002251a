import type { Platform } from '@berth/oci'
import type { Credentials } from '@berth/registry-client'

export interface PushOptions {
  /** Pushes the image of this platform, and no index. */
  platform: Platform | undefined
  credentials: Credentials | undefined
  signal: AbortSignal
}
