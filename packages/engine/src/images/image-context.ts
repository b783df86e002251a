import type { Platform } from '@berth/oci'
import type { RegistryClient } from '@berth/registry-client'
import type { Logger, Semaphore } from '@berth/stdx'
import type { EventBus } from '../events/event-bus.ts'
import type { ConfigTransfer } from './transfer/config-transfer.ts'
import type { ImageStore } from './store/image-store.ts'
import type { LayerStores } from './layers/layer-stores.ts'
import type { LayerTransfer } from './transfer/layer-transfer.ts'

/** What the image verbs work with. */
export interface ImageContext extends LayerStores {
  registry: RegistryClient
  images: ImageStore
  configs: ConfigTransfer
  layers: LayerTransfer
  /** How many blobs may be sent at a time, over all pushes. */
  uploads: Semaphore
  events: EventBus
  logger: Logger
  /** This machine's. */
  platform: Platform
  /** Containers that were made of an image: they keep it from being removed. */
  containersOf: (imageId: string) => { id: string; isRunning: boolean }[]
}
