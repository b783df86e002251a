import { digestOf, mediaTypes, type Descriptor, type ImageConfig, type Manifest } from '@berth/oci'
import type { ImageContext } from './image-context.ts'
import { recordImage } from './record-image.ts'
import type { ImageRecord } from './image-store.ts'
import type { Hold } from './while-held.ts'

/** An image made here: what a config and layers, all of them there, come to. */
export interface NewImage {
  config: ImageConfig
  /** As the config's diffIds, lowest first. */
  layers: readonly Descriptor[]
  /** Whose media types (default: OCI's): those of the image that it is made of. */
  mediaTypes?: { manifest: string; config: string }
  /** `registry/repository:tag`, nothing left out. */
  tag: string | undefined
}

const ociTypes = { manifest: mediaTypes.ociManifest, config: mediaTypes.ociConfig }

/** Stores config and manifest and records the image. */
export async function makeImage(
  context: ImageContext,
  { config, layers, mediaTypes: types = ociTypes, tag }: NewImage,
  hold: Hold,
): Promise<ImageRecord> {
  const store = async (mediaType: string, value: unknown): Promise<Descriptor> => {
    const bytes = Buffer.from(JSON.stringify(value))
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length }
    await context.content.writeBlob(bytes, descriptor, { leaseId: hold.lease.id })
    return descriptor
  }
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: await store(types.config, config),
    layers: [...layers],
  }
  const { digest } = await store(types.manifest, manifest)
  return recordImage(context, { path: [digest], manifest, config }, { tags: tag === undefined ? [] : [tag] })
}
