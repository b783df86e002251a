import {
  digestOf,
  mediaTypes,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type Manifest,
} from '@berth/oci'
import type { ImageContext } from '../image-context.ts'
import { recordImage } from './record-image.ts'
import type { ImageRecord } from './image-store.ts'
import type { Hold } from '../content/hold.ts'

/** An image made here: what a config and layers, all of them there, come to. */
export interface NewImage {
  config: ImageConfig
  /** As the config's diffIds, lowest first. */
  layers: readonly Descriptor[]
  /** Whose media types (default: OCI's): those of the image that it is made of. */
  mediaTypes?: { manifest: string; config: string }
  /** `registry/repository:tag`, nothing left out. */
  tag: string | undefined
  /** The image of the container that it is made of. */
  parentId?: Digest
}

const ociTypes = { manifest: mediaTypes.ociManifest, config: mediaTypes.ociConfig }

/** Stores config and manifest and records the image. */
export async function makeImage(
  context: ImageContext,
  { config, layers, mediaTypes: types = ociTypes, tag, parentId }: NewImage,
  hold: Hold,
): Promise<ImageRecord> {
  const configDocument = document(types.config, config)
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: configDocument.descriptor,
    layers: [...layers],
  }
  const manifestDocument = document(types.manifest, manifest)
  await Promise.all(
    [configDocument, manifestDocument].map(({ bytes, descriptor }) =>
      context.content.writeBlob(bytes, descriptor, { leaseId: hold.lease.id }),
    ),
  )
  const path = [manifestDocument.descriptor.digest]
  return recordImage(
    context,
    { path, manifest, config },
    { tags: tag === undefined ? [] : [tag], ...(parentId && { parentId }) },
  )
}

function document(mediaType: string, value: unknown): { bytes: Uint8Array; descriptor: Descriptor } {
  const bytes = Buffer.from(JSON.stringify(value))
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } }
}
