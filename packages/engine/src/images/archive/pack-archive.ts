import { tarParts, type StoredMember, type WholeMember } from '@berth/layer'
import {
  familiarReference,
  mediaTypes,
  parseReference,
  type Descriptor,
  type Digest,
  type Manifest,
  type Platform,
} from '@berth/oci'
import { archiveNames, layoutDocument, nameAnnotations, type DockerIndexEntry } from './archive-names.ts'
import { blobName } from './blob-name.ts'

/** An image to write: what it is made of, and the tags that go with it. */
export interface PackedImage {
  /** What the tags point at: a manifest, or an index for several platforms. */
  root: Descriptor
  /** Of the first manifest, where it is the root itself. */
  platform: Platform | undefined
  /** The root and every index and manifest below it that is written, from there down. */
  documents: readonly Descriptor[]
  /** Which images those documents are; Docker's index names the first. */
  manifests: readonly [Manifest, ...Manifest[]]
  /** `registry/repository:tag`, nothing left out. */
  tags: readonly string[]
  /** Of what the first was committed. */
  parentId: Digest | undefined
}

/**
 * One archive that is an OCI image layout and Docker's image archive in one: the indexes first, so that who reads it as
 * it comes knows what follows, then the blobs as they are stored, each once and in its place. The same images give the
 * same bytes.
 */
export function packArchive(images: readonly PackedImage[]): Iterable<Uint8Array | Descriptor> {
  return tarParts(archiveMembers(images))
}

function* archiveMembers(images: readonly PackedImage[]): Generator<WholeMember | StoredMember<Descriptor>> {
  yield document(archiveNames.layout, layoutDocument)
  yield document(archiveNames.index, ociIndex(images))
  yield document(archiveNames.dockerIndex, dockerIndex(images))
  yield { name: 'blobs/', type: 'directory' }
  const written = new Set<string>()
  for (const blob of packedBlobs(...images)) {
    const name = blobName(blob.digest)
    const folder = name.slice(0, name.lastIndexOf('/') + 1)
    if (!written.has(folder)) yield { name: folder, type: 'directory' }
    if (!written.has(name)) yield { name, sizeBytes: blob.size, stored: blob }
    written.add(folder).add(name)
  }
}

const document = (name: string, value: unknown): WholeMember => ({ name, body: JSON.stringify(value) })

/** Every blob of an image that is written; small ones first: indexes and manifests, configs, then layers. */
export const packedBlobs = (...images: readonly PackedImage[]): Descriptor[] => [
  ...images.flatMap(({ documents }) => documents),
  ...images.flatMap(({ manifests }) => manifests.map(({ config }) => config)),
  ...images.flatMap(({ manifests }) => manifests.flatMap(({ layers }) => layers)),
]

function ociIndex(images: readonly PackedImage[]) {
  const manifests = images.flatMap(({ root: { mediaType, digest, size }, platform, tags }) => {
    const plain = { mediaType, digest, size, ...(platform ? { platform } : {}) }
    return tags.length === 0 ? [plain] : tags.map((tag) => ({ ...plain, annotations: annotationsOf(tag) }))
  })
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }
}

const annotationsOf = (tag: string) => ({
  [nameAnnotations.name]: tag,
  [nameAnnotations.tag]: parseReference(tag).tag,
})

/** A parent that is not in the archive is none to who reads it. */
function dockerIndex(images: readonly PackedImage[]): DockerIndexEntry[] {
  const ids = new Set(images.map(({ manifests: [{ config }] }) => config.digest))
  return images.map((image) => {
    const { parentId } = image
    return { ...dockerIndexEntry(image), ...(parentId && ids.has(parentId) ? { Parent: parentId } : {}) }
  })
}

function dockerIndexEntry({ manifests: [manifest], tags }: PackedImage): DockerIndexEntry {
  return {
    Config: blobName(manifest.config.digest),
    RepoTags: tags.length === 0 ? null : tags.map((tag) => familiarReference(parseReference(tag))),
    Layers: manifest.layers.map(({ digest }) => blobName(digest)),
  }
}
