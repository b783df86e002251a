import type { JsonMessage } from '@berth/api'
import type { Digest, Manifest, Reference } from '@berth/oci'
import type { CallOptions, RetryNotice } from '@berth/registry-client'
import { isCoded } from '@berth/stdx'
import { whileHeld } from '../content/while-held.ts'
import type { ImageContext } from '../image-context.ts'
import { checkPlatform } from '../platforms/platform-wish.ts'
import { progressOf, type Report } from '../progress/progress.ts'
import { retryText } from '../progress/retry-text.ts'
import type { ImageRecord } from '../store/image-store.ts'
import { imageBlobs } from '../store/record-image.ts'
import { LayerCompression, type RawImage } from './layer-compression.ts'
import { pushBlobs, tellExisting } from './push-blobs.ts'
import type { PushOptions } from './push-options.ts'
import { findPushedGraph, manifestsOf, type PushedGraph } from './pushed-graph.ts'

export interface PushRequest {
  reference: Reference
  options: PushOptions
  /** As people write it. */
  name: string
}

/** What was sent. */
export interface Pushed {
  image: ImageRecord
  graph: PushedGraph
}

/** Sends an image as it is stored. */
export async function* sendStored(
  context: ImageContext,
  image: ImageRecord,
  request: PushRequest,
): AsyncGenerator<JsonMessage, Pushed> {
  const graph = await findPushedGraph(context, image, { ...request, platform: request.options.platform })
  if (graph.insteadOf) yield { aux: insteadOfIndex(graph.insteadOf, graph.root.descriptor) }
  yield* progressOf((report) => sendGraph(context, graph, { ...request, report, image }))
  return { image, graph }
}

/** What is compressed already is sent while the rest is being compressed. */
export async function* sendRaw(
  context: ImageContext,
  raw: RawImage,
  request: PushRequest,
): AsyncGenerator<JsonMessage, Pushed> {
  const { reference, options, name } = request
  const wish = { name, platform: options.platform }
  checkPlatform(raw.image, wish)
  return yield* progressOf((report) =>
    whileHeld(context, { action: `push ${name}` }, async (hold) => {
      await hold.lease.add(...blobsOf([raw.manifest]))
      await using compression = new LayerCompression(context, { raw, hold, report })
      await pushBlobs(context, [raw.manifest], { reference, options, report, compression })
      const image = await compression.image()
      const graph = await findPushedGraph(context, image, { ...wish, reference })
      await context.registry.pushManifest(reference, graph.root, callOptions({ ...request, report }))
      return { image, graph }
    }),
  )
}

/** What the stock client reads to say that one image was pushed where an index was meant. */
const insteadOfIndex = (
  originalIndex: PushedGraph['insteadOf'],
  selectedManifest: PushedGraph['root']['descriptor'],
) => ({ manifestPushedInsteadOfIndex: true, originalIndex, selectedManifest })

interface ReportedRequest extends PushRequest {
  report: Report
}

interface SendRequest extends ReportedRequest {
  image: ImageRecord
}

/** Blobs first, then what names them: a registry never has a manifest of which something is missing. */
async function sendGraph(context: ImageContext, graph: PushedGraph, request: SendRequest): Promise<void> {
  const { content, registry } = context
  const { reference } = request
  const manifests = manifestsOf(graph)
  await using lease = await content.createLease({ transient: true })
  await lease.add(...blobsOf(manifests))
  if (await retag(context, graph, request)) return tellExisting(context, manifests, request.report)
  await pushBlobs(context, manifests, request)
  const call = callOptions(request)
  const { tag: _, ...untagged } = reference
  for (const child of graph.children) await registry.pushManifest(untagged, child, call)
  await registry.pushManifest(reference, graph.root, call)
}

const callOptions = ({ reference, options, report }: ReportedRequest): CallOptions => ({
  signal: options.signal,
  onRetry: ({ delayMs }: RetryNotice) =>
    report({ status: retryText(delayMs), progressDetail: {}, id: reference.tag ?? '' }),
  ...(options.credentials ? { credentials: options.credentials } : {}),
})

/**
 * A repository that was seen with this very manifest, and has it still, has by its promise all below it, and needs to be
 * told the tag alone. False when that is not so: it may have lost a blob, and is sent what it lacks then.
 */
async function retag(
  { images, registry }: ImageContext,
  { root }: PushedGraph,
  request: SendRequest,
): Promise<boolean> {
  const { image, reference } = request
  const call = callOptions(request)
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

export const blobsOf = (manifests: readonly Manifest[]): Digest[] =>
  manifests.flatMap((manifest) => imageBlobs({ path: [], manifest }))
