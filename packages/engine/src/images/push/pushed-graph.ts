import {
  parseManifest,
  selectManifests,
  type Descriptor,
  type Digest,
  type Manifest,
  type ManifestOrIndex,
  type Platform,
  type Reference,
} from '@berth/oci'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../store/image-store.ts'
import { checkPlatform } from '../platforms/platform-wish.ts'
import { imageBlobs } from '../store/record-image.ts'

/** A manifest or an index, as it is sent. */
export interface PushedDocument {
  descriptor: Descriptor
  bytes: Uint8Array
  parsed: ManifestOrIndex
}

/** What one push sends. */
export interface PushedGraph {
  /** What the tag will point at. */
  root: PushedDocument
  /** Below the root, in the order in which a registry takes them: what is pointed at comes first. */
  children: readonly PushedDocument[]
  /** The index that would have been sent, had everything that it names been here. */
  insteadOf: Descriptor | undefined
}

/** Indexes within indexes deeper than this are not followed. */
const indexDepthMax = 4

interface GraphRequest {
  reference: Reference
  /** Pushes the image of this platform alone. */
  platform: Platform | undefined
  name: string
}

/**
 * An image that came by an index is sent with it when all of the index is here; else its own manifest is, and the result
 * says so. An image without index is one manifest.
 */
export async function findPushedGraph(
  { content, images }: Pick<ImageContext, 'content' | 'images'>,
  image: ImageRecord,
  { reference, platform, name }: GraphRequest,
): Promise<PushedGraph> {
  const read = (digest: Digest) => readDocument(content, digest)
  const own = await read(image.manifestDigest)
  const index = await findIndex({ content, images }, image, reference)
  const wanted = platform ? index && selectManifests(index.manifests, platform)[0] : index?.descriptor
  const whole = wanted && (await descend(content, wanted, indexDepthMax))
  const root = whole?.at(-1)
  if (root) return { root, children: whole?.slice(0, -1) ?? [], insteadOf: undefined }
  checkPlatform(image, { name, platform })
  return { root: own, children: [], insteadOf: platform ? undefined : index?.descriptor }
}

/** The index that a repository served the image under, or that it was loaded with; the one of the repository that is pushed to is meant before others. */
async function findIndex(
  { content, images }: Pick<ImageContext, 'content' | 'images'>,
  image: ImageRecord,
  reference: Reference,
): Promise<{ descriptor: Descriptor; manifests: readonly Descriptor[] } | undefined> {
  const prefix = `${reference.registry}/${reference.repository}@`
  const names = images.namesOf(image.imageId).digests
  const digests = [...names.filter((name) => name.startsWith(prefix)), ...names].map(
    (name) => name.slice(name.indexOf('@') + 1) as Digest,
  )
  const known = images.findIndex(image.imageId)
  for (const digest of new Set(known ? [...digests, known.digest] : digests)) {
    if (digest === image.manifestDigest || !(await content.findBlob(digest))) continue
    const { descriptor, parsed } = await readDocument(content, digest)
    if (parsed.kind === 'index') return { descriptor, manifests: parsed.manifests }
  }
  return undefined
}

/** A document and all below it, itself last; undefined when something of it is not here. */
async function descend(
  content: ImageContext['content'],
  { digest }: Pick<Descriptor, 'digest'>,
  depthMax: number,
): Promise<PushedDocument[] | undefined> {
  if (depthMax < 0 || !(await content.findBlob(digest))) return undefined
  const document = await readDocument(content, digest)
  if (document.parsed.kind === 'manifest') {
    const blobs = imageBlobs({ path: [], manifest: document.parsed })
    const found = await Promise.all(blobs.map((blob) => content.findBlob(blob)))
    return found.includes(undefined) ? undefined : [document]
  }
  const below: PushedDocument[] = []
  for (const child of document.parsed.manifests) {
    const documents = await descend(content, child, depthMax - 1)
    if (!documents) return undefined
    below.push(...documents)
  }
  return [...below, document]
}

async function readDocument(content: ImageContext['content'], digest: Digest): Promise<PushedDocument> {
  const bytes = await content.readWhole(digest)
  const parsed = parseManifest(bytes, undefined)
  return { descriptor: { mediaType: parsed.mediaType, digest, size: bytes.length }, bytes, parsed }
}

/** The manifests among what a push sends, each once. */
export function manifestsOf({ root, children }: PushedGraph): Manifest[] {
  const documents = new Map([...children, root].map((document) => [document.descriptor.digest, document]))
  return [...documents.values()].flatMap(({ parsed }) => (parsed.kind === 'manifest' ? [parsed] : []))
}
