import { parseImageConfig, type Descriptor } from '@berth/oci'
import type { ImageContext } from '../image-context.ts'
import { checkLayers, uniqueLayers } from '../layers/image-layers.ts'
import type { ImageLayer } from './layer-transfer.ts'
import { checkPlatforms, type PlatformsWish } from '../platforms/platform-wish.ts'
import { imageBlobs, type CompleteImage } from '../store/record-image.ts'
import type { ResolvedManifest } from './resolve-manifest.ts'
import type { Hold } from '../content/hold.ts'

/** Where an image comes from: a registry, an archive. */
export interface ImageSource {
  /** The bytes of the config, which are in the content store when they come back. Leased already. */
  config: (descriptor: Descriptor) => Promise<Uint8Array>
  /** Makes layers mountable, with their blobs in the content store. Held and leased already. */
  layers: (layers: readonly ImageLayer[]) => Promise<void>
}

interface CopyRequest extends PlatformsWish {
  resolved: ResolvedManifest
  hold: Hold
  /** What is done, as errors name it: `pull busybox`. */
  action: string
}

/** Copies the graph below a manifest, whichever side it comes from. What is complete then is recorded by the caller. */
export async function copyImage(
  context: ImageContext,
  source: ImageSource,
  request: CopyRequest,
): Promise<CompleteImage> {
  const { hold, resolved } = request
  const { manifest, path } = resolved
  for (const { bytes, descriptor } of path)
    await context.content.writeBlob(bytes, descriptor, { leaseId: hold.lease.id })
  await context.failpoint('image.manifests-stored')
  const digests = path.map(({ descriptor }) => descriptor.digest)
  // Held before they arrive: somebody else may be the one who brings them.
  await hold.lease.add(...imageBlobs({ path: digests, manifest }))
  const config = parseImageConfig(await source.config(manifest.config))
  await context.failpoint('image.config-stored')
  checkLayers(manifest, config, request.action)
  checkPlatforms(config, request)
  hold.holdLayers(config.rootfs.diff_ids)
  await source.layers(uniqueLayers(manifest, config))
  await context.failpoint('image.layers-stored')
  return { path: digests, manifest, config }
}
