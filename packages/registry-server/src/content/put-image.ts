import { digestOf, type Digest } from '@berth/oci'
import type { Blobs } from './blobs.ts'
import type { Manifests } from './manifests.ts'
import { parseRepository, parseTag } from './names.ts'

/** A whole image in memory: what `putImage` stores. */
export interface ImageContent {
  /** Configs and layers, in any order. */
  blobs: readonly Uint8Array[]
  /** Manifests before the index that names them; the last is the image's own. */
  manifests: readonly { bytes: Uint8Array; mediaType: string }[]
}

/** Stores an image and points the tag at its last manifest, whose digest it returns. */
export async function putImage(
  { blobs, manifests }: { blobs: Blobs; manifests: Manifests },
  target: { repository: string; tag: string },
  image: ImageContent,
): Promise<Digest> {
  const repository = parseRepository(target.repository)
  const tag = parseTag(target.tag)
  for (const bytes of image.blobs) await blobs.putBlob(repository, digestOf(bytes), bytes)
  const last = image.manifests.at(-1)
  for (const manifest of image.manifests) {
    const { record } = await manifests.putManifest(repository, {
      ...manifest,
      tags: manifest === last ? [tag] : [],
    })
    if (manifest === last) return record.digest
  }
  throw new TypeError('Cannot put image: it has no manifest')
}
