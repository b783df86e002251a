import { formatReference, type Reference } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { ListedManifest } from './listed-manifest.ts'

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
