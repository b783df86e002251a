import type { JsonMessage } from '@berth/api'
import {
  digestHex,
  familiarName,
  familiarReference,
  formatReference,
  type Descriptor,
  type Digest,
  type Platform,
  type Reference,
} from '@berth/oci'
import type { Credentials } from '@berth/registry-client'
import { copyImage, type ImageSource } from '../transfer/copy-image.ts'
import type { ImageContext } from '../image-context.ts'
import { isInterruption } from '../transfer/interruption.ts'
import { isUnchanged } from './is-unchanged.ts'
import type { ImageLayer, LayerEvent } from '../transfer/layer-transfer.ts'
import { progressOf, type Report } from '../progress/progress.ts'
import { recordImage, type CompleteImage } from '../store/record-image.ts'
import { resolveManifest, type ResolvedManifest } from '../transfer/resolve-manifest.ts'
import { retryText } from '../progress/retry-text.ts'
import { together } from '../transfer/together.ts'
import { whileHeld } from '../content/while-held.ts'

export interface PullOptions {
  /** What the caller asked for; the machine's own platform when undefined. */
  platform: Platform | undefined
  credentials: Credentials | undefined
  signal: AbortSignal
}

/**
 * Pulls one image and returns whether it is new. Errors up to the manifest are thrown before the first message, so that
 * they can still become a status code, unless a wait for another attempt had to be told; later ones end the sequence.
 */
export async function* pullImage(
  context: ImageContext,
  reference: Reference,
  options: PullOptions,
): AsyncGenerator<JsonMessage, boolean> {
  const platform = options.platform ?? context.platform
  const id = reference.digest === undefined ? (reference.tag ?? '') : formatReference(reference)
  const resolved = yield* progressOf((report) =>
    resolveManifest(reference, {
      ...options,
      registry: context.registry,
      platform,
      onRetry: ({ delayMs }) => report({ status: retryText(delayMs), progressDetail: {}, id }),
    }),
  )
  yield { status: `Pulling from ${reference.repository}`, id }
  const isNew = yield* progressOf((report) => bringImage(context, { reference, resolved, options, report }))
  const root = resolved.path[0]?.descriptor.digest
  yield { status: `Digest: ${root}` }
  return isNew
}

interface BringRequest {
  reference: Reference
  resolved: ResolvedManifest
  options: PullOptions
  report: Report
}

/**
 * Fetches what is missing and records the image. Returns whether the name pointed elsewhere before. After an
 * interruption the next try goes on with what has arrived, until the lease expires; any other failure leaves nothing.
 */
async function bringImage(context: ImageContext, request: BringRequest): Promise<boolean> {
  const { reference, resolved, options } = request
  const name = familiarReference(reference)
  const action = `pull ${name}`
  const wish = { name, platforms: options.platform ? [options.platform] : [] }
  const isNew =
    !(await isUnchanged(context, reference, { resolved, wish })) &&
    (await whileHeld(context, { action, keepsAfter: isInterruption }, async (hold) => {
      const source: ImageSource = {
        config: (descriptor) => context.configs.fetch({ ...options, reference, descriptor }),
        layers: (layers) => fetchLayers(context, request, layers),
      }
      const image = await copyImage(context, source, { ...wish, resolved, hold, action })
      return recordPulled(context, reference, image)
    }))
  context.events.image('pull', name, { name: familiarName(reference) })
  return isNew
}

async function recordPulled(
  context: ImageContext,
  reference: Reference,
  image: CompleteImage,
): Promise<boolean> {
  const repository = `${reference.registry}/${reference.repository}`
  const root = image.path[0] as Digest
  const tag = reference.digest === undefined ? formatReference(reference) : undefined
  const before = context.images.findByDigest(repository, root)
  const tagged = tag === undefined ? before : context.images.findByTag(tag)
  const { imageId } = await recordImage(context, image, {
    tags: tag === undefined ? [] : [tag],
    digests: [`${repository}@${root}`],
  })
  const { config, layers } = image.manifest
  const digests = [config, ...layers].map(({ digest }) => digest)
  await context.content.addOrigin(digests, repository)
  await context.failpoint('image.origins-recorded')
  return tagged !== imageId || before !== imageId
}

async function fetchLayers(
  context: ImageContext,
  { reference, resolved, options, report }: BringRequest,
  layers: readonly ImageLayer[],
): Promise<void> {
  const missing: ImageLayer[] = []
  // Of an image that is here, under whatever name, only what is missing is worth a line.
  const isKnown = context.images.find(resolved.manifest.config.digest) !== undefined
  for (const layer of layers) {
    const isThere = await context.layers.has(layer)
    if (!isThere) missing.push(layer)
    if (!isThere || !isKnown) reportPresence(report, layer, isThere)
  }
  await together(missing, options.signal, async (layer, signal) => {
    const id = shortId(layer.descriptor)
    const onEvent = (event: LayerEvent) => reportLayerEvent(event, { id, report })
    const { credentials } = options
    await context.layers.fetch({ ...layer, reference, credentials }, { signal, onEvent })
    report({ status: 'Pull complete', progressDetail: {}, id })
  })
}

function reportPresence(report: Report, { descriptor }: ImageLayer, isThere: boolean): void {
  const status = isThere ? 'Already exists' : 'Pulling fs layer'
  report({ status, progressDetail: {}, id: shortId(descriptor) })
}

function reportLayerEvent(event: LayerEvent, { id, report }: { id: string; report: Report }): void {
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
        status: retryText(event.delayMs),
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

const shortId = (descriptor: Descriptor): string => digestHex(descriptor.digest).slice(0, 12)
