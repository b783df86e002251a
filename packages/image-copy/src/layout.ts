import {
  digestAlgorithm,
  digestHex,
  mediaTypes,
  parseManifest,
  type Descriptor,
  type Digest,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'

/** Names in OCI image layouts (image-layout.md). */
export const layoutNames = { marker: 'oci-layout', index: 'index.json' } as const
export const markerText = JSON.stringify({ imageLayoutVersion: '1.0.0' })

const annotations = { name: 'io.containerd.image.name', tag: 'org.opencontainers.image.ref.name' } as const

/** Where a blob lies. */
export const blobPath = (digest: Digest): string => `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`

/** The image that a name means: the name of an annotation, or nothing where there is but one image. */
export function findInLayout(indexBytes: Uint8Array, name: string | undefined): Descriptor {
  const entries = entriesOf(indexBytes)
  const matches = entries.filter((entry) => name === undefined || namesOf(entry).includes(name))
  const [first, second] = [...new Map(matches.map((entry) => [entry.digest, entry])).values()]
  if (first && !second) return first
  const known = [...new Set(entries.flatMap(namesOf))]
  throw new CodedError(
    'not-found',
    first ? 'several images are there: name one of them' : `no image ${JSON.stringify(name ?? '')} is there`,
    known.length > 0 ? { hint: `There are: ${known.join(', ')}` } : {},
  )
}

/** The index with one more image; one of the same name, or a nameless one of the same digest, makes room for it. */
export function addToLayout(
  indexBytes: Uint8Array | undefined,
  { mediaType, digest, size }: Descriptor,
  name: string | undefined,
): Uint8Array {
  const others = (indexBytes ? entriesOf(indexBytes) : []).filter((entry) =>
    name === undefined
      ? entry.digest !== digest || namesOf(entry).length > 0
      : !namesOf(entry).includes(name),
  )
  const entry = {
    mediaType,
    digest,
    size,
    ...(name === undefined ? {} : { annotations: annotationsFor(name) }),
  }
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [...others, entry] }),
  )
}

/** A whole reference is told as other engines look for it; any other name as it is. */
function annotationsFor(name: string): Record<string, string> {
  const [, tag] = /^[^/]+\/.*:([\w][\w.-]*)$/.exec(name) ?? []
  return tag === undefined
    ? { [annotations.tag]: name }
    : { [annotations.name]: name, [annotations.tag]: tag }
}

const namesOf = (entry: Descriptor): string[] =>
  Object.values(annotations).flatMap((key) => entry.annotations?.[key] ?? [])

function entriesOf(bytes: Uint8Array): Descriptor[] {
  const parsed = parseManifest(bytes, mediaTypes.ociIndex)
  if (parsed.kind === 'index') return parsed.manifests
  throw new CodedError('invalid-argument', 'index.json is no index')
}
