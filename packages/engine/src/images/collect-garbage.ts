import { isCoded } from '@berth/stdx'
import type { LayerInfo } from '@berth/snapshot'
import type { ImageContext } from './image-context.ts'

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
  const { freedBytes } = await content.collectGarbage({ ...options, reachable })
  return freedBytes + (await collectLayers(context))
}

async function collectLayers(context: ImageContext): Promise<number> {
  const { images, layers, snapshotter } = context
  const stored = await Array.fromAsync(snapshotter.listLayers())
  // At once from here on: a pull that ends has recorded its image before it lets go of its layers.
  const needed = images.reachableLayers()
  const unneeded = stored.filter(({ diffId }) => !needed.has(diffId) && !layers.isHeld(diffId))
  const freed = await Promise.all(unneeded.map((layer) => removeUnused(context, layer)))
  return freed.reduce((total, bytes) => total + bytes, 0)
}

/** Layers of containers whose image is gone stay: the snapshotter knows. */
async function removeUnused(
  { snapshotter }: ImageContext,
  { diffId, sizeBytes }: LayerInfo,
): Promise<number> {
  try {
    await snapshotter.removeLayer(diffId)
    return sizeBytes
  } catch (error) {
    if (isCoded(error, 'failed-precondition')) return 0
    throw error
  }
}
