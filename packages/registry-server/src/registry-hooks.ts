import type { OpenFileSender } from '@berth/stdx'
import type { PullMeter } from './pull-meter.ts'
import type { RegistryActivity } from './registry-activity.ts'

/** What whoever embeds a registry is told and asked while requests are answered. */
export interface RegistryHooks {
  /** Called with what clients have done, after it is durable and before they know; it must not throw. */
  onActivity?: (activity: RegistryActivity) => void
  /** Limits how many manifests somebody reads (default: nothing is counted). */
  meterPull?: PullMeter
  /** Sends large blobs past this process, from files straight to sockets (default: they are read and written). */
  openFileSender?: OpenFileSender
}
