import { digestOf, mediaTypes, type Descriptor } from '@berth/oci'
import { goJson } from '../format/go-json.ts'
import { indentJson } from './indent-json.ts'
import { orderedPlatform, type ListedManifest } from './listed-manifest.ts'

/** The list itself, with the bytes that Docker's client would give it: an index when its first manifest is OCI's. */
export function listDocument(manifests: readonly ListedManifest[]): {
  descriptor: Descriptor
  bytes: Buffer
} {
  const isOci = manifests[0]?.descriptor.mediaType === mediaTypes.ociManifest
  const mediaType = isOci ? mediaTypes.ociIndex : mediaTypes.dockerManifestList
  const text = goJson({ schemaVersion: 2, mediaType, manifests: manifests.map(entryOf) })
  const bytes = Buffer.from(indentJson(text, '   '))
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes }
}

const entryOf = ({ descriptor: { mediaType, size, digest, platform } }: ListedManifest) => ({
  mediaType,
  size,
  digest,
  platform: orderedPlatform(platform ?? { architecture: '', os: '' }),
})
