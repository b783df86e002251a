import type { Digest, ImageConfig, Manifest } from '@berth/oci'
import type { ImageContext } from '../image-context.ts'
import { uniqueLayers } from '../layers/image-layers.ts'
import { imageRecord } from './image-record.ts'
import type { AddedWith, ImageRecord } from './image-store.ts'

/** An image of which everything is there: the blobs in the content store, the layers in the snapshotter. */
export interface CompleteImage {
  /** Digests from what a name points at down to the manifest: indexes first, the manifest last. */
  path: readonly Digest[]
  manifest: Manifest
  config: ImageConfig
  /** The same for other platforms of the index that the path begins with. */
  members?: readonly CompleteImage[]
  /** Other blobs that go with it: attestations of its index. */
  attachments?: readonly Digest[]
}

/** Every blob that an image needs. */
export const imageBlobs = ({
  path,
  manifest,
  attachments = [],
}: Pick<CompleteImage, 'path' | 'manifest' | 'attachments'>): Digest[] => [
  ...path,
  manifest.config.digest,
  ...manifest.layers.map((layer) => layer.digest),
  ...attachments,
]

/** Makes an image visible, with its names and its parent, at once: the last step of whatever brings or makes one. */
export async function recordImage(
  context: Pick<ImageContext, 'images' | 'snapshotter' | 'failpoint'>,
  image: CompleteImage,
  about: Omit<AddedWith, 'index'>,
): Promise<ImageRecord> {
  const { record, content } = await describeImage(context, image)
  context.images.add(record, content, { ...about, ...(await indexOf(context, image)) })
  await context.failpoint('image.recorded')
  return record
}

/** The index is that of the whole; a member is described by its manifest alone. */
async function indexOf(context: Pick<ImageContext, 'snapshotter'>, { path, members = [] }: CompleteImage) {
  const [root] = path
  if (root === undefined || path.length === 1) return {}
  const described = members.map((member) =>
    describeImage(context, { ...member, path: member.path.slice(-1) }),
  )
  return { index: { digest: root, members: await Promise.all(described) } }
}

async function describeImage({ snapshotter }: Pick<ImageContext, 'snapshotter'>, image: CompleteImage) {
  const { config, manifest, path } = image
  const manifestDigest = path.at(-1) as Digest
  const record = await imageRecord(snapshotter, { imageId: manifest.config.digest, manifestDigest, config })
  const layers = uniqueLayers(manifest, config).map(({ descriptor, diffId }) => ({
    digest: descriptor.digest,
    diffId,
  }))
  return { record, content: { blobs: imageBlobs(image), layers } }
}
