import {
  digestAlgorithm,
  acceptedManifestTypes,
  digestOf,
  formatPlatform,
  isConfigType,
  isForeignLayer,
  manifestBytesMax,
  parseImageConfig,
  parseManifest,
  platformDistance,
  selectManifests,
  verified,
  type Descriptor,
  type Digest,
  type Manifest,
  type Platform,
} from '@berth/oci'
import { CodedError, readBounded, Semaphore } from '@berth/stdx'
import type { ImageDocument, ImageSource } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'

/** Told of each blob: what it is, how much of it is there, and at the end whether it had to be copied. */
export interface CopyProgress {
  descriptor: Descriptor
  currentBytes: number
  state: 'copying' | 'copied' | 'existed'
}

export interface CopyOptions {
  /** Copies the image of this platform alone. Default: all that the name points at. */
  platform?: Platform
  /** Refuses a single image that is for another platform; without it there is nothing to choose, and it is copied. */
  isPlatformRequired?: boolean
  /** Told which one of several images was chosen by `platform`. */
  onChosen?: (chosen: Descriptor, offered: readonly Descriptor[]) => void
  signal?: AbortSignal
  onProgress?: (progress: CopyProgress) => void
}

const indexDepthMax = 4
const documentsMax = 1_000
const blobsAtATime = 4

/** Copies an image with everything below it and returns what its name points at now. Blobs that are there are left out. */
export async function copyImage(
  source: ImageSource,
  target: ImageTarget,
  options: CopyOptions = {},
): Promise<Descriptor> {
  const { signal, platform } = options
  const named = checkedDocument(await source.readRoot(signal))
  const root = platform ? await choose(source, named, { ...options, platform }) : named
  target.checkRoot?.(root.descriptor)
  const graph = await readGraph(source, root, signal)
  await copyBlobs(source, target, { blobs: graph.blobs, options })
  for (const document of graph.documents) await target.writeDocument(document, signal)
  await target.writeRoot(root, signal)
  return root.descriptor
}

async function choose(
  source: ImageSource,
  document: ImageDocument,
  { platform, isPlatformRequired, onChosen, signal }: CopyOptions & { platform: Platform },
): Promise<ImageDocument> {
  let chosen = document
  for (let depth = 0; depth <= indexDepthMax; depth++) {
    const parsed = parseManifest(chosen.bytes, chosen.descriptor.mediaType)
    if (parsed.kind === 'manifest') {
      if (isPlatformRequired && chosen === document) await checkPlatform(source, parsed, { platform, signal })
      return chosen
    }
    const [best] = selectManifests(parsed.manifests, platform)
    if (!best)
      throw new CodedError('not-found', `no matching manifest for ${formatPlatform(platform)} in the index`)
    if (parsed.manifests.length > 1) onChosen?.(best, parsed.manifests)
    chosen = await readChecked(source, best, signal)
  }
  throw tooDeep()
}

async function checkPlatform(
  source: ImageSource,
  { config }: Manifest,
  { platform, signal }: { platform: Platform; signal: AbortSignal | undefined },
): Promise<void> {
  if (!isConfigType(config.mediaType)) return
  const body = source.readBlob(config, { start: 0, ...(signal ? { signal } : {}) })
  const image = parseImageConfig(await readBounded(verified(body, config), manifestBytesMax, 'config'))
  if (platformDistance(platform, image) !== undefined) return
  throw new CodedError(
    'not-found',
    `Cannot copy image: it is for ${formatPlatform(image)}, not for ${formatPlatform(platform)}`,
    { hint: 'Leave --platform out to copy it as it is.' },
  )
}

interface Graph {
  /** Below the root; what is named comes first. */
  documents: ImageDocument[]
  blobs: Map<Digest, Descriptor>
}

async function readGraph(source: ImageSource, root: ImageDocument, signal?: AbortSignal): Promise<Graph> {
  const documents = new Map<Digest, ImageDocument>()
  const blobs = new Map<Digest, Descriptor>()
  const visit = async ({ bytes, descriptor }: ImageDocument, depth: number): Promise<void> => {
    if (depth > indexDepthMax) throw tooDeep()
    const parsed = parseManifest(bytes, descriptor.mediaType)
    if (parsed.kind === 'manifest') {
      for (const blob of [parsed.config, ...parsed.layers])
        if (!isForeignLayer(blob)) blobs.set(blob.digest, blob)
      return
    }
    for (const child of parsed.manifests) {
      if (documents.has(child.digest)) continue
      if (!acceptedManifestTypes.includes(child.mediaType)) {
        blobs.set(child.digest, child)
        continue
      }
      const document = await readChecked(source, child, signal)
      await visit(document, depth + 1)
      documents.set(child.digest, document)
      if (documents.size > documentsMax)
        throw new CodedError('invalid-argument', `Cannot copy image: more than ${documentsMax} manifests`)
    }
  }
  await visit(root, 0)
  return { documents: [...documents.values()], blobs }
}

async function readChecked(
  source: ImageSource,
  descriptor: Descriptor,
  signal: AbortSignal | undefined,
): Promise<ImageDocument> {
  return checkedDocument({ descriptor, bytes: await source.readDocument(descriptor, signal) })
}

function checkedDocument(document: ImageDocument): ImageDocument {
  const { digest } = document.descriptor
  const actual = digestOf(document.bytes, digestAlgorithm(digest))
  if (actual === digest) return document
  throw new CodedError('data-loss', `Cannot verify ${digest}: content has digest ${actual}`)
}

interface BlobsRequest {
  blobs: ReadonlyMap<Digest, Descriptor>
  options: CopyOptions
}

/** When one fails the others stop, and none is under way any more when its error is thrown. */
async function copyBlobs(
  source: ImageSource,
  target: ImageTarget,
  { blobs, options }: BlobsRequest,
): Promise<void> {
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const places = new Semaphore(blobsAtATime)
  const copying = [...blobs.values()].map((descriptor) =>
    places.run(async () => {
      signal.throwIfAborted()
      await copyBlob(source, target, { descriptor, options: { ...options, signal } })
    }),
  )
  for (const one of copying) one.catch((error: unknown) => failed.abort(error))
  const outcomes = await Promise.allSettled(copying)
  if (outcomes.some(({ status }) => status === 'rejected')) throw signal.reason
}

async function copyBlob(
  source: ImageSource,
  target: ImageTarget,
  { descriptor, options }: { descriptor: Descriptor; options: CopyOptions },
): Promise<void> {
  const { signal, onProgress } = options
  const call = signal ? { signal } : {}
  const open = (start: number) => {
    const body = source.readBlob(descriptor, { start, ...call })
    return start === 0 ? verified(body, descriptor) : body
  }
  const isNew = await target.writeBlob(
    { descriptor, open, origin: source.origin },
    { ...call, onProgress: (currentBytes) => onProgress?.({ descriptor, currentBytes, state: 'copying' }) },
  )
  onProgress?.({ descriptor, currentBytes: descriptor.size, state: isNew ? 'copied' : 'existed' })
}

function tooDeep(): CodedError {
  return new CodedError('invalid-argument', `Cannot copy image: indexes nested deeper than ${indexDepthMax}`)
}
