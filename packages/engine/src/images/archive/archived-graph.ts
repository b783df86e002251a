import type { ContentStore } from '@berth/content'
import {
  isConfigType,
  manifestBytesMax,
  parseManifest,
  type Descriptor,
  type Digest,
  type Manifest,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'
import {
  checkIsImage,
  indexDepthMax,
  type FetchedManifest,
  type ResolvedManifest,
} from '../transfer/resolve-manifest.ts'

/** A manifest below a root of an archive, as its index points at it. */
export interface GraphImage extends ResolvedManifest {
  descriptor: Descriptor
}

export interface ArchivedGraph {
  images: GraphImage[]
  /** What else is there: indexes within the root, manifests that are no images and their blobs. */
  attachments: Digest[]
}

const manifestsMax = 1000

/** What a root of an archive leads to. An archive need not hold every platform of an index, but what it begins with. */
export async function readArchivedGraph(root: Descriptor, content: ContentStore): Promise<ArchivedGraph> {
  const reader = new GraphReader(content)
  await reader.read(root, [])
  return { images: reader.images, attachments: reader.attachments }
}

class GraphReader {
  readonly images: GraphImage[] = []
  readonly attachments: Digest[] = []
  readonly #content: ContentStore
  readonly #seen = new Set<Digest>()

  constructor(content: ContentStore) {
    this.#content = content
  }

  async read(descriptor: Descriptor, above: readonly FetchedManifest[]): Promise<void> {
    if (above.length > indexDepthMax) throw invalid(`indexes are nested deeper than ${indexDepthMax}`)
    if (this.#seen.has(descriptor.digest) || !(await this.#isThere(descriptor, above.length === 0))) return
    if (this.#seen.size >= manifestsMax) throw invalid(`it has more than ${manifestsMax} manifests`)
    this.#seen.add(descriptor.digest)
    const bytes = await this.#content.readWhole(descriptor.digest, manifestBytesMax)
    const parsed = parseManifest(bytes, descriptor.mediaType)
    const path = [...above, { bytes, descriptor: identified(descriptor, bytes, parsed.mediaType) }]
    if (parsed.kind === 'manifest') return this.#add({ descriptor, path, manifest: parsed })
    if (above.length > 0) this.attachments.push(descriptor.digest)
    for (const child of parsed.manifests) await this.read(child, path)
  }

  async #isThere({ digest }: Descriptor, isNeeded: boolean): Promise<boolean> {
    if (await this.#content.findBlob(digest)) return true
    if (isNeeded) throw invalid(`manifest ${digest} is not in it`)
    return false
  }

  async #add(image: GraphImage): Promise<void> {
    const { descriptor, path, manifest } = image
    if (path.length === 1) checkIsImage(manifest, 'load the archive')
    const isImage = isConfigType(manifest.config.mediaType) && descriptor.platform?.os !== 'unknown'
    if (isImage || path.length === 1) this.images.push(image)
    else await this.#attach(descriptor.digest, manifest)
  }

  async #attach(digest: Digest, { config, layers }: Manifest): Promise<void> {
    for (const one of [digest, config.digest, ...layers.map((layer) => layer.digest)])
      if (await this.#content.findBlob(one)) this.attachments.push(one)
  }
}

const identified = ({ digest }: Descriptor, bytes: Uint8Array, mediaType: string): Descriptor => ({
  mediaType,
  digest,
  size: bytes.length,
})

const invalid = (state: string): CodedError =>
  new CodedError('invalid-argument', `Cannot load the archive: ${state}`)
