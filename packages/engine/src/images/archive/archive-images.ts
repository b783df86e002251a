import type { ContentId, ContentStore } from '@berth/content'
import { detectCompression, type FileCompression } from '@berth/layer'
import {
  digestOf,
  mediaTypes,
  parseManifest,
  selectManifests,
  type Descriptor,
  type Digest,
  type Manifest,
  type Platform,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { ResolvedManifest } from '../transfer/resolve-manifest.ts'
import { readArchivedGraph, type ArchivedGraph, type GraphImage } from './archived-graph.ts'
import { archiveNames, type DockerIndexEntry } from './archive-names.ts'
import { parseDockerIndex } from './docker-index.ts'
import type { ReceivedArchive } from './receive-archive.ts'
import { annotatedNames, storedTags } from './tag-names.ts'

/** An image that an archive names. */
export interface ArchivedImage {
  resolved: ResolvedManifest
  /** The same for other platforms, of the index that the path begins with. */
  members: readonly ResolvedManifest[]
  /** Blobs of what else that index names. */
  attachments: readonly Digest[]
  /** `registry/repository:tag`, nothing left out. */
  tags: readonly string[]
  /** Of what it was committed, as the archive says. */
  parentId: Digest | undefined
}

/** An image as it is found, before all that names it is read. */
type FoundImage = Omit<ArchivedImage, 'tags' | 'parentId'>

interface FindOptions {
  content: ContentStore
  /** Only these are taken of an index; of none of them, all that are there. */
  platforms: readonly Platform[]
  /** The image for it stands for its index where it is there; else the first that is. */
  hostPlatform: Platform
}

/**
 * The images of an archive, by both its indexes: OCI's keeps manifests as they were made, Docker's may know more names. For
 * an image that Docker's index alone has, a manifest is made.
 */
export async function findArchivedImages(
  archive: ReceivedArchive,
  options: FindOptions,
): Promise<ArchivedImage[]> {
  const images = new Map<Digest, FoundImage & { names: Set<string>; parentId: Digest | undefined }>()
  const owners = new Map<Digest, FoundImage>()
  const add = (image: FoundImage, names: readonly string[], parentId?: Digest) => {
    const { digest } = image.resolved.manifest.config
    const known = images.get(digest) ?? { ...image, names: new Set(), parentId }
    known.parentId ??= parentId
    for (const tag of storedTags(names)) known.names.add(tag)
    images.set(digest, known)
    return known
  }
  for (const descriptor of ociRoots(archive)) {
    const graph = await readArchivedGraph(descriptor, options.content)
    const known = add(chooseArchived(graph, options), annotatedNames(descriptor))
    // Also those that are not taken: Docker's index names one image of each index, for whatever platform.
    for (const { manifest } of graph.images) owners.set(manifest.config.digest, known)
  }
  for (const entry of dockerEntries(archive)) {
    const config = getFile(archive, entry.Config)
    const known = images.get(config.digest) ?? owners.get(config.digest)
    add(
      known ?? {
        resolved: await makeManifest(archive, { entry, config, options }),
        members: [],
        attachments: [],
      },
      entry.RepoTags ?? [],
      entry.Parent,
    )
  }
  if (images.size === 0)
    throw invalid(`it names no image in ${archiveNames.index} or ${archiveNames.dockerIndex}`, {
      hint: "If it holds the files of a root, make an image of it with 'berth import'.",
    })
  return [...images.values()].map(({ names, ...image }) => ({ ...image, tags: [...names] }))
}

function ociRoots({ documents }: ReceivedArchive): Descriptor[] {
  const bytes = documents.get(archiveNames.index)
  if (!bytes) return []
  const index = parseManifest(bytes, mediaTypes.ociIndex)
  return index.kind === 'index' ? index.manifests : []
}

function dockerEntries({ documents }: ReceivedArchive): DockerIndexEntry[] {
  const bytes = documents.get(archiveNames.dockerIndex)
  return bytes ? parseDockerIndex(bytes) : []
}

function chooseArchived(
  { images, attachments }: ArchivedGraph,
  { platforms, hostPlatform }: FindOptions,
): FoundImage {
  const chosen = platforms.length === 0 ? images : images.filter(isWanted(images, platforms))
  const [first] = rankImages(chosen.length === 0 ? images : chosen, platforms[0] ?? hostPlatform)
  if (!first) throw invalid('none of the manifests of an index is in it')
  const members = chosen.filter((image) => image !== first)
  return { resolved: first, members, attachments: members.length === 0 ? [] : attachments }
}

/** True of the best image for any of the platforms. */
function isWanted(images: readonly GraphImage[], platforms: readonly Platform[]) {
  const wanted = new Set(platforms.flatMap((platform) => rankImages(images, platform, []).slice(0, 1)))
  return (image: GraphImage): boolean => wanted.has(image)
}

/** Those that serve the platform, best first, then `others`. */
function rankImages(
  images: readonly GraphImage[],
  platform: Platform,
  others: readonly GraphImage[] = images,
): GraphImage[] {
  const best = selectManifests(
    images.map(({ descriptor }) => descriptor),
    platform,
  )
  const ranked = best.flatMap((descriptor) => images.filter((image) => image.descriptor === descriptor))
  return [...ranked, ...others.filter((image) => !ranked.includes(image))]
}

interface DockerImage {
  entry: DockerIndexEntry
  config: ContentId
  options: FindOptions
}

async function makeManifest(
  archive: ReceivedArchive,
  { entry, config, options }: DockerImage,
): Promise<ResolvedManifest> {
  const layers = await Array.fromAsync(entry.Layers, async (name): Promise<Descriptor> => {
    const file = getFile(archive, name)
    return { mediaType: await layerType(options.content, file.digest), ...file }
  })
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, ...config },
    layers,
  }
  const bytes = Buffer.from(JSON.stringify(manifest))
  const descriptor = { mediaType: manifest.mediaType, digest: digestOf(bytes), size: bytes.length }
  return { path: [{ bytes, descriptor }], manifest }
}

function getFile(archive: ReceivedArchive, name: string): ContentId {
  const file = archive.findFile(name)
  if (!file) throw invalid(`${JSON.stringify(name.slice(0, 200))} is not in it`)
  return file
}

const layerTypes: ReadonlyMap<FileCompression, string> = new Map([
  ['none', mediaTypes.ociLayer],
  ['gzip', mediaTypes.ociLayerGzip],
  ['zstd', mediaTypes.ociLayerZstd],
])

/** The media type of a blob that is a layer, by its first bytes. */
export async function layerType(content: ContentStore, digest: Digest): Promise<string> {
  for await (const head of content.readBlob(digest)) {
    const compression = detectCompression(head)
    const type = layerTypes.get(compression)
    if (type) return type
    throw invalid(`a layer is compressed with ${compression}, which no media type names`)
  }
  return mediaTypes.ociLayer
}

const invalid = (state: string, options: { hint?: string } = {}): CodedError =>
  new CodedError('invalid-argument', `Cannot load the archive: ${state}`, options)
