import { packTar, type TarMember } from '@berth/layer'
import {
  familiarReference,
  mediaTypes,
  parseReference,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type Manifest,
} from '@berth/oci'
import { archiveNames, layoutDocument, nameAnnotations, type DockerIndexEntry } from './archive-names.ts'
import { blobName } from './blob-name.ts'

/** An image to write: what it is made of, and the tags that go with it. */
export interface PackedImage {
  /** Of the manifest. */
  descriptor: Descriptor
  manifest: Manifest
  config: Pick<ImageConfig, 'os' | 'architecture' | 'variant'>
  /** `registry/repository:tag`, nothing left out. */
  tags: readonly string[]
}

/**
 * One archive that is an OCI image layout and Docker's image archive in one: the indexes first, so that who reads it as
 * it comes knows what follows, then the blobs as they are stored, each once. The same images give the same bytes.
 */
export function packArchive(
  images: readonly PackedImage[],
  readBlob: (digest: Digest) => AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  return packTar(archiveMembers(images, readBlob))
}

function* archiveMembers(
  images: readonly PackedImage[],
  readBlob: (digest: Digest) => AsyncIterable<Uint8Array>,
): Generator<TarMember> {
  yield document(archiveNames.layout, layoutDocument)
  yield document(archiveNames.index, ociIndex(images))
  yield document(archiveNames.dockerIndex, images.map(dockerIndexEntry))
  yield { name: 'blobs/', type: 'directory' }
  const written = new Set<string>()
  for (const { digest, size } of blobsOf(images)) {
    const name = blobName(digest)
    const folder = name.slice(0, name.lastIndexOf('/') + 1)
    if (!written.has(folder)) yield { name: folder, type: 'directory' }
    if (!written.has(name)) yield { name, sizeBytes: size, body: readBlob(digest) }
    written.add(folder).add(name)
  }
}

const document = (name: string, value: unknown): TarMember => ({ name, body: JSON.stringify(value) })

/** Small ones first: manifests, configs, then layers. */
function blobsOf(images: readonly PackedImage[]): Descriptor[] {
  return [
    ...images.map(({ descriptor }) => descriptor),
    ...images.map(({ manifest }) => manifest.config),
    ...images.flatMap(({ manifest }) => manifest.layers),
  ]
}

function ociIndex(images: readonly PackedImage[]) {
  const manifests = images.flatMap(({ descriptor, config, tags }) => {
    const { mediaType, digest, size } = descriptor
    const { os, architecture, variant } = config
    const plain = {
      mediaType,
      digest,
      size,
      platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
    }
    return tags.length === 0 ? [plain] : tags.map((tag) => ({ ...plain, annotations: annotationsOf(tag) }))
  })
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }
}

const annotationsOf = (tag: string) => ({
  [nameAnnotations.name]: tag,
  [nameAnnotations.tag]: parseReference(tag).tag,
})

function dockerIndexEntry({ manifest, tags }: PackedImage): DockerIndexEntry {
  return {
    Config: blobName(manifest.config.digest),
    RepoTags: tags.length === 0 ? null : tags.map((tag) => familiarReference(parseReference(tag))),
    Layers: manifest.layers.map(({ digest }) => blobName(digest)),
  }
}
