import { isLayerType, type Digest, type ImageConfig, type Manifest } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { ImageLayer } from '../transfer/layer-transfer.ts'

const layersMax = 500

/** Refuses an image whose documents do not fit together; `action` is what cannot be done then: `pull busybox`. */
export function checkLayers({ layers }: Manifest, { rootfs }: ImageConfig, action: string): void {
  const refuse = (why: string): never => {
    throw new CodedError('invalid-argument', `Cannot ${action}: ${why}`)
  }
  if (layers.length !== rootfs.diff_ids.length)
    refuse(`${layers.length} layers in the manifest, ${rootfs.diff_ids.length} in the config`)
  if (layers.length > layersMax) refuse(`${layers.length} layers, at most ${layersMax} are accepted`)
  const unknown = layers.find(({ mediaType }) => !isLayerType(mediaType))
  if (unknown) refuse(`unsupported media type ${JSON.stringify(unknown.mediaType)} of a layer`)
}

/** The layers of an image, each once: an image may name one twice. */
export function uniqueLayers(manifest: Manifest, config: ImageConfig): ImageLayer[] {
  const layers = new Map<string, ImageLayer>()
  for (const [index, descriptor] of manifest.layers.entries()) {
    const diffId = config.rootfs.diff_ids[index] as Digest
    layers.set(`${descriptor.digest} ${diffId}`, { descriptor, diffId })
  }
  return [...layers.values()]
}
