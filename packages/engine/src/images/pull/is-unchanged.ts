import { formatReference, parseImageConfig, type Digest, type Reference } from '@berth/oci'
import type { ImageContext } from '../image-context.ts'
import { uniqueLayers } from '../layers/image-layers.ts'
import { checkPlatforms, type PlatformsWish } from '../platforms/platform-wish.ts'
import { imageBlobs } from '../store/record-image.ts'
import type { ResolvedManifest } from '../transfer/resolve-manifest.ts'

/**
 * True when a pull would change nothing: the names point at the image, and all of it is here. Then nothing is written, and
 * nothing waits for the disk. Throws `not-found` for one of another platform than was asked for.
 */
export async function isUnchanged(
  context: ImageContext,
  reference: Reference,
  { resolved: { path, manifest }, wish }: { resolved: ResolvedManifest; wish: PlatformsWish },
): Promise<boolean> {
  const { images, content, layers } = context
  const imageId = manifest.config.digest
  const repository = `${reference.registry}/${reference.repository}`
  const digests = path.map(({ descriptor }) => descriptor.digest)
  const isNamed =
    images.findByDigest(repository, digests[0] as Digest) === imageId &&
    (reference.digest !== undefined || images.findByTag(formatReference(reference)) === imageId) &&
    images.find(imageId)?.manifestDigest === digests.at(-1)
  if (!isNamed) return false
  const held = new Set(images.blobsOf(imageId))
  for (const digest of imageBlobs({ path: digests, manifest }))
    if (!held.has(digest) || !(await content.findBlob(digest))) return false
  const config = parseImageConfig(await content.readWhole(imageId))
  checkPlatforms(config, wish)
  for (const layer of uniqueLayers(manifest, config)) if (!(await layers.has(layer))) return false
  return true
}
