import type { Digest } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import type { LayerInfo } from '@berth/snapshot'
import type { ImageContext } from '../image-context.ts'

export interface CollectGarbageOptions {
  /** Unfinished downloads idle for longer go too (default: a day). */
  ingestIdleMs?: number
}

/** Frees blobs and layers that no image, no container and no pull under way holds. Returns the freed bytes. */
export async function collectGarbage(
  context: ImageContext,
  options: CollectGarbageOptions = {},
): Promise<number> {
  const { content, images } = context
  const reachable = async () => images.reachableBlobs()
  const { deleted, freedBytes } = await content.collectGarbage({ ...options, reachable })
  await context.failpoint('image.blobs-collected')
  const layers = await collectLayers(context)
  await context.failpoint('image.layers-collected')
  // A blob that is not compressed is its layer's archive, too.
  const counted = new Set<Digest>(deleted)
  return layers.reduce(
    (total, { diffId, sizeBytes }) => total + (counted.has(diffId) ? 0 : sizeBytes),
    freedBytes,
  )
}

async function collectLayers(context: ImageContext): Promise<LayerInfo[]> {
  const { images, layers, snapshotter } = context
  const stored = await Array.fromAsync(snapshotter.listLayers())
  // At once from here on: a pull that ends has recorded its image before it lets go of its layers.
  const needed = images.reachableLayers()
  const unneeded = stored.filter(({ diffId }) => !needed.has(diffId) && !layers.isHeld(diffId))
  const isFreed = await Promise.all(unneeded.map((layer) => removeUnused(context, layer)))
  return unneeded.filter((_, index) => isFreed[index])
}

/** Layers of containers whose image is gone stay: the snapshotter knows. */
async function removeUnused({ snapshotter }: ImageContext, { diffId }: LayerInfo): Promise<boolean> {
  try {
    await snapshotter.removeLayer(diffId)
    return true
  } catch (error) {
    if (isCoded(error, 'failed-precondition')) return false
    throw error
  }
}
