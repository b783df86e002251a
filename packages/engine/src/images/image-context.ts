import type { ContentStore } from '@berth/content'
import type { Platform } from '@berth/oci'
import type { RegistryClient } from '@berth/registry-client'
import type { Snapshotter } from '@berth/snapshot'
import type { Logger } from '@berth/stdx'
import type { EventBus } from '../events/event-bus.ts'
import type { ConfigTransfer } from './config-transfer.ts'
import type { ImageStore } from './image-store.ts'
import type { LayerTransfer } from './layer-transfer.ts'

/** What the image verbs work with. */
export interface ImageContext {
  content: ContentStore
  snapshotter: Snapshotter
  registry: RegistryClient
  images: ImageStore
  configs: ConfigTransfer
  layers: LayerTransfer
  events: EventBus
  logger: Logger
  /** This machine's. */
  platform: Platform
  /** Containers that were made of an image: they keep it from being removed. */
  containersOf: (imageId: string) => { id: string; isRunning: boolean }[]
}
