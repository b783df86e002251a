import type { ImageContext } from './image-context.ts'

/** Frees blobs and layers that no image, no container and no pull under way holds. Returns the freed bytes. */
export async function collectGarbage(context: ImageContext): Promise<number> {
  const { content, snapshotter, images } = context
  const { freedBytes } = await content.collectGarbage({ reachable: async () => images.reachableBlobs() })
  return freedBytes + (await collectLayers(context, { images, snapshotter }))
}

async function collectLayers(
  context: ImageContext,
  { images, snapshotter }: Pick<ImageContext, 'images' | 'snapshotter'>,
): Promise<number> {
  const needed = images.reachableLayers()
  for await (const snapshot of snapshotter.listSnapshots())
    for (const diffId of snapshot.layers) needed.add(diffId)
  let freedBytes = 0
  for await (const layer of snapshotter.listLayers()) {
    if (needed.has(layer.diffId) || context.layers.isHeld(layer.diffId)) continue
    await snapshotter.removeLayer(layer.diffId)
    freedBytes += layer.sizeBytes
  }
  return freedBytes
}
