import type { ContentId, ContentStore } from '@berth/content'
import { detectCompression, type FileCompression } from '@berth/layer'
import {
  digestOf,
  manifestBytesMax,
  mediaTypes,
  parseManifest,
  selectManifests,
  type Descriptor,
  type Digest,
  type Manifest,
  type Platform,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'
import {
  checkIsImage,
  indexDepthMax,
  type FetchedManifest,
  type ResolvedManifest,
} from '../resolve-manifest.ts'
import { archiveNames, type DockerIndexEntry } from './archive-names.ts'
import { parseDockerIndex } from './docker-index.ts'
import type { ReceivedArchive } from './receive-archive.ts'
import { annotatedNames, storedTags } from './tag-names.ts'

/** An image that an archive names. */
export interface ArchivedImage {
  resolved: ResolvedManifest
  /** `registry/repository:tag`, nothing left out. */
  tags: readonly string[]
}

interface FindOptions {
  content: ContentStore
  /** Chosen of an index where it is there; else the first that is. */
  platform: Platform
}

/**
 * The images of an archive, by both its indexes: OCI's keeps manifests as they were made, Docker's may know more names. For
 * an image that Docker's index alone has, a manifest is made.
 */
export async function findArchivedImages(
  archive: ReceivedArchive,
  options: FindOptions,
): Promise<ArchivedImage[]> {
  const images = new Map<Digest, { resolved: ResolvedManifest; tags: Set<string> }>()
  const add = (resolved: ResolvedManifest, names: readonly string[]) => {
    const { digest } = resolved.manifest.config
    const known = images.get(digest) ?? { resolved, tags: new Set() }
    for (const tag of storedTags(names)) known.tags.add(tag)
    images.set(digest, known)
  }
  for (const descriptor of ociRoots(archive))
    add(await resolveArchived(descriptor, options), annotatedNames(descriptor))
  for (const entry of dockerEntries(archive)) {
    const config = getFile(archive, entry.Config)
    const known = images.get(config.digest)?.resolved
    add(known ?? (await makeManifest(archive, { entry, config, options })), entry.RepoTags ?? [])
  }
  if (images.size === 0)
    throw invalid(`it names no image in ${archiveNames.index} or ${archiveNames.dockerIndex}`)
  return [...images.values()].map(({ resolved, tags }) => ({ resolved, tags: [...tags] }))
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

async function resolveArchived(root: Descriptor, options: FindOptions): Promise<ResolvedManifest> {
  const path: FetchedManifest[] = []
  let descriptor = root
  for (let depth = 0; depth <= indexDepthMax; depth++) {
    const bytes = await readManifest(options.content, descriptor)
    const parsed = parseManifest(bytes, descriptor.mediaType)
    path.push({ bytes, descriptor: { ...identify(bytes, descriptor), mediaType: parsed.mediaType } })
    if (parsed.kind === 'manifest') {
      checkIsImage(parsed, 'load the archive')
      return { path, manifest: parsed }
    }
    descriptor = await choosePresent(parsed.manifests, options)
  }
  throw invalid(`indexes are nested deeper than ${indexDepthMax}`)
}

const identify = (bytes: Uint8Array, { digest }: Descriptor): ContentId => ({ digest, size: bytes.length })

async function readManifest(content: ContentStore, { digest }: Descriptor): Promise<Uint8Array> {
  if (!(await content.findBlob(digest))) throw invalid(`manifest ${digest} is not in it`)
  return content.readWhole(digest, manifestBytesMax)
}

/** An archive need not hold every platform of an index. */
async function choosePresent(
  manifests: readonly Descriptor[],
  { content, platform }: FindOptions,
): Promise<Descriptor> {
  const present = await Array.fromAsync(manifests, async (descriptor) =>
    (await content.findBlob(descriptor.digest)) ? [descriptor] : [],
  )
  const images = present.flat().filter((descriptor) => descriptor.platform?.os !== 'unknown')
  const chosen = selectManifests(images, platform)[0] ?? images[0]
  if (!chosen) throw invalid('none of the manifests of an index is in it')
  return chosen
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

const invalid = (state: string): CodedError =>
  new CodedError('invalid-argument', `Cannot load the archive: ${state}`)
