import type { ContentStore } from '@berth/content'
import type { LayerWriter } from '@berth/layer'
import type { Snapshotter } from '@berth/snapshot'
import type { ImageFailpoint } from '../failpoint.ts'

/** What makes a mountable layer of a blob. */
export interface LayerStores {
  content: ContentStore
  snapshotter: Snapshotter
  layerWriter: LayerWriter
  failpoint: ImageFailpoint
}
