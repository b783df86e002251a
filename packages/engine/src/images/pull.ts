import type { JsonMessage } from '@berth/api'
import {
  digestHex,
  familiarName,
  familiarReference,
  formatPlatform,
  formatReference,
  isLayerType,
  parseImageConfig,
  platformDistance,
  verified,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type Manifest,
  type Platform,
  type Reference,
} from '@berth/oci'
import type { Lease } from '@berth/content'
import type { Credentials } from '@berth/registry-client'
import { CodedError, messageOf, noSpaceError, readBounded } from '@berth/stdx'
import { Channel } from '../channel.ts'
import { collectGarbage } from './collect-garbage.ts'
import type { ImageContext } from './image-context.ts'
import { imageRecord } from './image-record.ts'
import { isInterruption } from './interruption.ts'
import type { ImageLayer, LayerEvent } from './layer-transfer.ts'
import { resolveManifest, type ResolvedManifest } from './resolve-manifest.ts'

export interface PullOptions {
  /** What the caller asked for; the machine's own platform when undefined. */
  platform: Platform | undefined
  credentials: Credentials | undefined
  signal: AbortSignal
}

const configBytesMax = 16 * 1024 * 1024
const layersMax = 500
/** Progress that a slow client has not read yet; states are never dropped, byte counts are. */
const progressQueueMax = 1024

/**
 * Pulls one image. Errors up to the manifest are thrown before the first message, so that they can still become a
 * status code; later ones end the sequence.
 */
export async function* pullImage(
  context: ImageContext,
  reference: Reference,
  options: PullOptions,
): AsyncGenerator<JsonMessage> {
  const platform = options.platform ?? context.platform
  const resolved = await resolveManifest(reference, { ...options, registry: context.registry, platform })
  yield { status: `Pulling from ${reference.repository}`, id: reference.tag ?? reference.digest ?? '' }
  const channel = new Channel<JsonMessage>({
    limit: progressQueueMax,
    isDroppable: (message) => message.progressDetail?.current !== undefined,
  })
  const work = bringImage(context, {
    reference,
    resolved,
    options,
    report: (message) => channel.push(message),
  })
  work.then(
    () => channel.end(),
    (reason: unknown) => channel.end({ reason }),
  )
  yield* channel
  const isNew = await work
  const root = resolved.path[0]?.descriptor.digest
  yield { status: `Digest: ${root}` }
  const name = familiarReference(reference)
  yield {
    status: isNew ? `Status: Downloaded newer image for ${name}` : `Status: Image is up to date for ${name}`,
  }
}

interface BringRequest {
  reference: Reference
  resolved: ResolvedManifest
  options: PullOptions
  report: (message: JsonMessage) => void
}

/**
 * Fetches what is missing and records the image. Returns whether the name pointed elsewhere before. After an
 * interruption the next try goes on with what has arrived, until the lease expires; any other failure leaves nothing.
 */
async function bringImage(context: ImageContext, request: BringRequest): Promise<boolean> {
  try {
    await using held = new AsyncDisposableStack()
    const lease = held.use(await context.content.createLease())
    try {
      return await bringUnderLease(context, request, lease)
    } catch (error) {
      if (isInterruption(error)) held.move()
      throw error
    }
  } catch (error) {
    const noSpace = noSpaceError(error, `pull ${familiarReference(request.reference)}`)
    if (!isInterruption(error)) await clearAway(context, noSpace !== undefined)
    throw noSpace ?? error
  }
}

/** A full disk is no time to keep what other interrupted pulls might go on with. */
async function clearAway(context: ImageContext, isDiskFull: boolean): Promise<void> {
  try {
    await collectGarbage(context, isDiskFull ? { ingestIdleMs: 0 } : {})
  } catch (error) {
    context.logger.warn('Cannot clear away what a pull left', { error: messageOf(error) })
  }
}

async function bringUnderLease(context: ImageContext, request: BringRequest, lease: Lease): Promise<boolean> {
  const { reference, resolved } = request
  const { manifest, path } = resolved
  for (const { bytes, descriptor } of path)
    await context.content.writeBlob(bytes, descriptor, { leaseId: lease.id })
  const configBytes = await fetchConfig(context, request, lease.id)
  const config = parseImageConfig(configBytes)
  checkLayers(manifest, config, request)
  const blobs = [
    ...path.map((fetched) => fetched.descriptor.digest),
    manifest.config.digest,
    ...manifest.layers.map((layer) => layer.digest),
  ]
  // Held before they arrive: another pull may be the one that fetches them.
  for (const digest of blobs) await lease.add(digest)
  using _held = context.layers.hold(config.rootfs.diff_ids)
  const layers = uniqueLayers(manifest, config)
  await fetchLayers(context, request, layers)
  const root = path[0]?.descriptor.digest as Digest
  const record = await imageRecord(context.snapshotter, {
    imageId: manifest.config.digest,
    manifestDigest: path.at(-1)?.descriptor.digest as Digest,
    config,
  })
  const tag = reference.digest === undefined ? [formatReference(reference)] : []
  const before = context.images.findByDigest(`${reference.registry}/${reference.repository}`, root)
  const tagged = tag[0] === undefined ? before : context.images.findByTag(tag[0])
  context.images.add(
    record,
    { blobs, layers: layers.map(({ descriptor, diffId }) => ({ digest: descriptor.digest, diffId })) },
    { tags: tag, digests: [`${reference.registry}/${reference.repository}@${root}`] },
  )
  for (const layer of manifest.layers) {
    await context.content.addOrigin(layer.digest, `${reference.registry}/${reference.repository}`)
  }
  context.events.image('pull', familiarReference(reference), { name: familiarName(reference) })
  return tagged !== record.imageId || before !== record.imageId
}

async function fetchConfig(
  context: ImageContext,
  { reference, resolved, options }: BringRequest,
  leaseId: string,
) {
  const descriptor = resolved.manifest.config
  if (descriptor.size > configBytesMax) {
    throw new CodedError(
      'invalid-argument',
      `Cannot pull ${familiarReference(reference)}: its config has ${descriptor.size} bytes, at most ${configBytesMax} are accepted`,
    )
  }
  if (await context.content.findBlob(descriptor.digest))
    return context.content.readWhole(descriptor.digest, configBytesMax)
  const body = context.registry.fetchBlob(reference, descriptor, {
    start: 0,
    signal: options.signal,
    ...(options.credentials ? { credentials: options.credentials } : {}),
  })
  const bytes = await readBounded(verified(body, descriptor), configBytesMax, 'image config')
  await context.content.writeBlob(bytes, descriptor, { leaseId })
  return bytes
}

function checkLayers(manifest: Manifest, config: ImageConfig, { reference, options }: BringRequest): void {
  const name = familiarReference(reference)
  const { layers } = manifest
  if (layers.length !== config.rootfs.diff_ids.length) {
    throw new CodedError(
      'invalid-argument',
      `Cannot pull ${name}: ${layers.length} layers in the manifest, ${config.rootfs.diff_ids.length} in the config`,
    )
  }
  if (layers.length > layersMax) {
    throw new CodedError(
      'invalid-argument',
      `Cannot pull ${name}: ${layers.length} layers, at most ${layersMax} are accepted`,
    )
  }
  const unknown = layers.find(({ mediaType }) => !isLayerType(mediaType))
  if (unknown) {
    throw new CodedError(
      'invalid-argument',
      `Cannot pull ${name}: unsupported media type ${JSON.stringify(unknown.mediaType)} of a layer`,
    )
  }
  if (options.platform && platformDistance(options.platform, config) === undefined) {
    throw new CodedError(
      'not-found',
      `image with reference ${name} was found but does not provide the specified platform (${formatPlatform(options.platform)})`,
    )
  }
}

async function fetchLayers(
  context: ImageContext,
  { reference, options, report }: BringRequest,
  layers: readonly ImageLayer[],
): Promise<void> {
  // When one layer fails the others stop too, and their progress is over before the error is told.
  const controller = new AbortController()
  const signal = AbortSignal.any([options.signal, controller.signal])
  const missing: ImageLayer[] = []
  for (const layer of layers) {
    const isThere = await context.layers.has(layer)
    if (!isThere) missing.push(layer)
    const status = isThere ? 'Already exists' : 'Pulling fs layer'
    report({ status, progressDetail: {}, id: shortId(layer.descriptor) })
  }
  const outcomes = await Promise.allSettled(
    missing.map(async ({ descriptor, diffId }) => {
      try {
        await fetchLayer(context, {
          descriptor,
          diffId,
          report,
          request: { reference, credentials: options.credentials },
          signal,
        })
      } catch (error) {
        controller.abort(error)
        throw error
      }
    }),
  )
  if (outcomes.some((outcome) => outcome.status === 'rejected')) throw controller.signal.reason
}

interface LayerJob extends ImageLayer {
  report: (message: JsonMessage) => void
  request: { reference: Reference; credentials: Credentials | undefined }
  signal: AbortSignal
}

async function fetchLayer(
  context: ImageContext,
  { descriptor, diffId, report, request, signal }: LayerJob,
): Promise<void> {
  const id = shortId(descriptor)
  const onEvent = (event: LayerEvent) => reportLayerEvent(event, { id, report })
  await context.layers.fetch({ ...request, descriptor, diffId }, { signal, onEvent })
  report({ status: 'Pull complete', progressDetail: {}, id })
}

function reportLayerEvent(
  event: LayerEvent,
  { id, report }: { id: string; report: (message: JsonMessage) => void },
): void {
  switch (event.state) {
    case 'waiting':
      return report({ status: 'Waiting', progressDetail: {}, id })
    case 'downloading':
      return report({
        status: 'Downloading',
        progressDetail: { current: event.currentBytes, total: event.totalBytes },
        id,
      })
    case 'retrying':
      return report({
        status: `Retrying in ${event.seconds} second${event.seconds === 1 ? '' : 's'}`,
        progressDetail: {},
        id,
      })
    case 'downloaded':
      report({ status: 'Verifying Checksum', progressDetail: {}, id })
      return report({ status: 'Download complete', progressDetail: {}, id })
    case 'extracting':
      return report({
        status: 'Extracting',
        progressDetail: { current: event.currentBytes, total: event.totalBytes },
        id,
      })
    default:
      return event satisfies never
  }
}

/** An image may name one layer twice; it is fetched once. */
function uniqueLayers(manifest: Manifest, config: ImageConfig): ImageLayer[] {
  const layers = new Map<string, ImageLayer>()
  for (const [index, descriptor] of manifest.layers.entries()) {
    const diffId = config.rootfs.diff_ids[index] as Digest
    layers.set(`${descriptor.digest} ${diffId}`, { descriptor, diffId })
  }
  return [...layers.values()]
}

const shortId = (descriptor: Descriptor): string => digestHex(descriptor.digest).slice(0, 12)
