import { digestOf, formatReference, mediaTypes, type Descriptor, type Reference } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { goJson } from '../format/go-json.ts'
import { indentJson } from './indent-json.ts'
import { inOrder, type ListedManifest } from './listed-manifest.ts'

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
  platform: inOrder(platform ?? { architecture: '', os: '' }),
})

/** A list and what it points at are in one registry, which would refuse it otherwise. */
export function checkSameRegistry(manifests: readonly ListedManifest[], list: Reference): void {
  const other = manifests.find(({ reference }) => reference.registry !== list.registry)
  if (!other) return
  throw new CodedError(
    'invalid-argument',
    `cannot use source images from a different registry than the target image: ${other.reference.registry} != ${list.registry}`,
    { hint: "Copy them over first: 'berth image copy'." },
  )
}

/** Throws when a manifest has no platform that a client could choose it by. */
export function checkPlatformsNamed(manifests: readonly ListedManifest[]): void {
  const bare = manifests.find(({ descriptor: { platform } }) => !platform?.os || !platform.architecture)
  if (!bare) return
  throw new CodedError(
    'invalid-argument',
    `manifest ${formatReference(bare.reference)} must have an OS and Architecture to be pushed to a registry`,
    { hint: "Say them with 'berth manifest annotate'." },
  )
}
