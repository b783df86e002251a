import { parseManifest, type Descriptor, type Digest } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../store/image-store.ts'

/** Who needs a blob or a layer, and what it can be mended from. */
export interface Need {
  images: Digest[]
  /** Repositories that may have it: `registry/repository`. */
  repositories: Set<string>
  /** Of a blob that is not itself a manifest. */
  descriptor?: Descriptor
  /** Blobs that unpack to the layer. */
  blobs: Set<Digest>
}

export interface ImageNeeds {
  blobs: Map<Digest, Need>
  layers: Map<Digest, Need>
}

/** What all images need. Where a manifest cannot be read, what it names is known by its digest alone. */
export async function imageNeeds(context: ImageContext): Promise<ImageNeeds> {
  const needs: ImageNeeds = { blobs: new Map(), layers: new Map() }
  for (const image of context.images.listWithMembers()) {
    const repositories = repositoriesOf(context, image)
    const note = (map: Map<Digest, Need>, digest: Digest): Need => {
      const need = map.get(digest) ?? { images: [], repositories: new Set(), blobs: new Set() }
      need.images.push(image.imageId)
      for (const repository of repositories) need.repositories.add(repository)
      map.set(digest, need)
      return need
    }
    for (const digest of context.images.blobsOf(image.imageId)) note(needs.blobs, digest)
    const descriptors = await descriptorsOf(context, image)
    for (const descriptor of descriptors) {
      const need = needs.blobs.get(descriptor.digest)
      if (need) need.descriptor = descriptor
    }
    const layers = descriptors.slice(1)
    for (const [index, diffId] of image.diffIds.entries()) {
      const { blobs } = note(needs.layers, diffId)
      const blob = layers[index]?.digest
      if (blob !== undefined) blobs.add(blob)
    }
  }
  return needs
}

const repositoriesOf = ({ images }: ImageContext, { imageId }: ImageRecord): string[] =>
  images.namesOf(imageId).digests.map((name) => name.slice(0, name.indexOf('@')))

/** Config first, then layers, lowest first. */
async function descriptorsOf(context: ImageContext, { manifestDigest }: ImageRecord): Promise<Descriptor[]> {
  try {
    const manifest = parseManifest(await context.content.readWhole(manifestDigest), undefined)
    return manifest.kind === 'manifest' ? [manifest.config, ...manifest.layers] : []
  } catch (error) {
    if (isCoded(error, 'not-found', 'invalid-argument', 'not-implemented')) return []
    throw error
  }
}
