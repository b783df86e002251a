import type { Digest, ImageConfig, Manifest } from '@berth/oci'
import type { ImageContext } from './image-context.ts'
import { uniqueLayers } from './image-layers.ts'
import { imageRecord } from './image-record.ts'
import type { ImageNames, ImageRecord } from './image-store.ts'

/** An image of which everything is there: the blobs in the content store, the layers in the snapshotter. */
export interface CompleteImage {
  /** Digests from what a name points at down to the manifest: indexes first, the manifest last. */
  path: readonly Digest[]
  manifest: Manifest
  config: ImageConfig
}

/** Every blob that an image needs. */
export const imageBlobs = ({ path, manifest }: Pick<CompleteImage, 'path' | 'manifest'>): Digest[] => [
  ...path,
  manifest.config.digest,
  ...manifest.layers.map((layer) => layer.digest),
]

/** Makes an image visible, with its names, at once: the last step of whatever brings or makes one. */
export async function recordImage(
  context: Pick<ImageContext, 'images' | 'snapshotter' | 'failpoint'>,
  image: CompleteImage,
  names: Partial<ImageNames>,
): Promise<ImageRecord> {
  const { config, manifest, path } = image
  const record = await imageRecord(context.snapshotter, {
    imageId: manifest.config.digest,
    manifestDigest: path.at(-1) as Digest,
    config,
  })
  const layers = uniqueLayers(manifest, config).map(({ descriptor, diffId }) => ({
    digest: descriptor.digest,
    diffId,
  }))
  context.images.add(record, { blobs: imageBlobs(image), layers }, names)
  await context.failpoint('image.recorded')
  return record
}
