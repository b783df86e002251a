import type { JsonMessage, PushResult } from '@berth/api'
import {
  familiarName,
  familiarReference,
  formatReference,
  type Digest,
  type Manifest,
  type Reference,
} from '@berth/oci'
import type { CallOptions, RetryNotice } from '@berth/registry-client'
import { CodedError, isCoded } from '@berth/stdx'
import { compressLayers } from './compress-layers.ts'
import type { ImageContext } from '../image-context.ts'
import type { ImageRecord } from '../store/image-store.ts'
import { progressOf, type Report } from '../progress/progress.ts'
import { pushBlobs, tellExisting } from './push-blobs.ts'
import type { PushOptions } from './push-options.ts'
import { findPushedGraph, manifestsOf, type PushedGraph } from './pushed-graph.ts'
import { imageBlobs } from '../store/record-image.ts'
import { retryText } from '../progress/retry-text.ts'

/** Pushes a tag, or all tags of a repository when the reference has none. Whatever fails ends the sequence. */
export async function* pushImage(
  context: ImageContext,
  reference: Reference,
  options: PushOptions,
): AsyncGenerator<JsonMessage> {
  yield { status: `The push refers to repository [${reference.registry}/${reference.repository}]` }
  for (const tagged of taggedReferences(context, reference)) yield* pushTag(context, tagged, options)
}

/** In the order of their names. */
function taggedReferences({ images }: ImageContext, reference: Reference): Reference[] {
  const prefix = `${reference.registry}/${reference.repository}:`
  const tags = [...images.allNames().values()]
    .flatMap((names) => names.tags)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort()
  if (tags.length === 0)
    throw new CodedError(
      'not-found',
      `An image does not exist locally with the tag: ${familiarName(reference)}`,
      { hint: 'Give an image this name first: berth tag IMAGE NAME.' },
    )
  if (reference.tag === undefined) return tags.map((tag) => ({ ...reference, tag }))
  if (tags.includes(reference.tag)) return [reference]
  throw new CodedError('not-found', `tag does not exist: ${familiarReference(reference)}`)
}

async function* pushTag(
  context: ImageContext,
  reference: Reference,
  options: PushOptions,
): AsyncGenerator<JsonMessage> {
  const name = familiarReference(reference)
  const image = getTagged(context, reference)
  const ready = yield* progressOf((report) =>
    compressLayers(context, image, { name, report, signal: options.signal }),
  )
  const graph = await findPushedGraph(context, ready, { reference, platform: options.platform, name })
  const { descriptor } = graph.root
  if (graph.insteadOf) yield { aux: insteadOfIndex(graph.insteadOf, descriptor) }
  yield* progressOf((report) => sendGraph(context, graph, { reference, options, report, image: ready }))
  await recordPushed(context, graph, { reference, image: ready })
  yield { status: `${reference.tag}: digest: ${descriptor.digest} size: ${descriptor.size}` }
  const aux: PushResult = { Tag: reference.tag ?? '', Digest: descriptor.digest, Size: descriptor.size }
  yield { progressDetail: {}, aux }
}

function getTagged({ images }: ImageContext, reference: Reference): ImageRecord {
  const imageId = images.findByTag(formatReference(reference))
  const image = imageId && images.find(imageId)
  if (image) return image
  throw new CodedError('not-found', `tag does not exist: ${familiarReference(reference)}`)
}

/** What the stock client reads to say that one image was pushed where an index was meant. */
const insteadOfIndex = (
  originalIndex: PushedGraph['insteadOf'],
  selectedManifest: PushedGraph['root']['descriptor'],
) => ({ manifestPushedInsteadOfIndex: true, originalIndex, selectedManifest })

interface SendRequest {
  image: ImageRecord
  reference: Reference
  options: PushOptions
  report: Report
}

/** Blobs first, then what names them: a registry never has a manifest of which something is missing. */
async function sendGraph(context: ImageContext, graph: PushedGraph, request: SendRequest): Promise<void> {
  const { content, registry } = context
  const { reference, options } = request
  const manifests = manifestsOf(graph)
  await using lease = await content.createLease({ transient: true })
  await lease.add(...blobsOf(manifests))
  const { credentials, signal } = options
  const { tag: id = '', ...untagged } = reference
  const call = {
    signal,
    onRetry: ({ delayMs }: RetryNotice) =>
      request.report({ status: retryText(delayMs), progressDetail: {}, id }),
    ...(credentials ? { credentials } : {}),
  }
  if (await retag(context, graph, { ...request, call }))
    return tellExisting(context, manifests, request.report)
  await pushBlobs(context, manifests, request)
  for (const child of graph.children) await registry.pushManifest(untagged, child, call)
  await registry.pushManifest(reference, graph.root, call)
}

/**
 * A repository that was seen with this very manifest, and has it still, has by its promise all below it, and needs to be
 * told the tag alone. False when that is not so: it may have lost a blob, and is sent what it lacks then.
 */
async function retag(
  { images, registry }: ImageContext,
  { root }: PushedGraph,
  { image, reference, call }: SendRequest & { call: CallOptions },
): Promise<boolean> {
  const name = `${reference.registry}/${reference.repository}@${root.descriptor.digest}`
  if (!images.namesOf(image.imageId).digests.includes(name)) return false
  if (!(await registry.hasManifest(reference, root.descriptor, call))) return false
  try {
    await registry.pushManifest(reference, root, call)
    return true
  } catch (error) {
    if (isCoded(error, 'not-found', 'internal')) return false
    throw error
  }
}

const blobsOf = (manifests: readonly Manifest[]): Digest[] =>
  manifests.flatMap((manifest) => imageBlobs({ path: [], manifest }))

/** From now on the repository is known to have the image, under this digest, and its blobs. */
async function recordPushed(
  { content, events, images }: ImageContext,
  graph: PushedGraph,
  { reference, image }: { reference: Reference; image: ImageRecord },
): Promise<void> {
  const repository = `${reference.registry}/${reference.repository}`
  await content.addOrigin(blobsOf(manifestsOf(graph)), repository)
  images.addDigest(`${repository}@${graph.root.descriptor.digest}`, image.imageId)
  events.image('push', familiarReference(reference), { name: familiarName(reference) })
}
