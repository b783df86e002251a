import type { JsonMessage } from '@berth/api'
import type { ContentId } from '@berth/content'
import { digestHex, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { findArchivedImages } from './archive-images.ts'
import { withParents, type CopiedImage } from './archived-parents.ts'
import { EarlyLayers } from './early-layers.ts'
import { parseBlobName } from './blob-name.ts'
import { receiveArchive, type ReceiveOptions } from './receive-archive.ts'
import { collectGarbage } from '../content/collect-garbage.ts'
import { copyImage, type ImageSource } from '../transfer/copy-image.ts'
import type { ImageContext } from '../image-context.ts'
import { familiar } from '../store/familiar-names.ts'
import { progressOf, type Report } from '../progress/progress.ts'
import { recordImage } from '../store/record-image.ts'
import type { ResolvedManifest } from '../transfer/resolve-manifest.ts'
import { together } from '../transfer/together.ts'
import type { Hold } from '../content/hold.ts'
import { whileHeld } from '../content/while-held.ts'

export interface LoadImagesOptions {
  /** The images must be of these platforms; of an index, only they are taken. None: all that is there. */
  platforms: readonly Platform[]
  /** Tells outcomes alone. */
  isQuiet: boolean
  signal: AbortSignal
}

/** Reads images from an archive; none of them can be seen before all are whole. */
export async function* loadImages(
  context: ImageContext,
  body: AsyncIterable<Uint8Array>,
  options: LoadImagesOptions,
): AsyncGenerator<JsonMessage> {
  const loaded = yield* progressOf(async (report) => {
    const request = { options, report: options.isQuiet ? () => undefined : report }
    return whileHeld(context, { action: 'load images' }, (hold) =>
      receiveImages(context, body, { ...request, hold }),
    )
  })
  // Archives hold more than their images need: old metadata, other platforms.
  await collectGarbage(context)
  for (const { imageId, tags } of loaded) {
    context.events.image('load', imageId, { name: tags[0] === undefined ? imageId : familiar(tags[0]) })
    if (tags.length === 0) yield { stream: `Loaded image ID: ${imageId}\n` }
    for (const tag of tags) yield { stream: `Loaded image: ${familiar(tag)}\n` }
  }
}

interface LoadRequest {
  options: LoadImagesOptions
  hold: Hold
  report: Report
}

async function receiveImages(
  context: ImageContext,
  body: AsyncIterable<Uint8Array>,
  { options, hold, report }: LoadRequest,
): Promise<{ imageId: string; tags: readonly string[] }[]> {
  const { content } = context
  const { signal } = options
  const onProgress = progressReporter(report)
  await using early = new EarlyLayers(context, signal)
  const onReceived = (received: ContentId) => early.begin(received)
  const archive = await receiveArchive(body, { content, hold, signal, onReceived, onProgress })
  const { platforms } = options
  const found = await findArchivedImages(archive, { content, platforms, hostPlatform: context.platform })
  const copied: CopiedImage[] = []
  for (const entry of found) {
    const name = entry.tags[0] === undefined ? entry.resolved.manifest.config.digest : familiar(entry.tags[0])
    const wish = { name, platforms, action: `load ${name}` }
    const source = contentSource(context, { ...wish, signal, early })
    const copy = (resolved: ResolvedManifest) => copyImage(context, source, { ...wish, hold, resolved })
    const image = await copy(entry.resolved)
    const members = await Array.fromAsync(entry.members, copy)
    copied.push({ ...entry, image: { ...image, members, attachments: entry.attachments } })
  }
  for (const { image, tags, parentId } of withParents(copied))
    await recordImage(context, image, { tags, ...(parentId && { parentId }) })
  return copied.map(({ image, tags }) => ({ imageId: image.manifest.config.digest, tags }))
}

/** A layer's progress while it arrives, by its digest or the name of its folder. Small files come without a word. */
function progressReporter(report: Report): ReceiveOptions['onProgress'] {
  return ({ name, currentBytes, totalBytes }) => {
    if (totalBytes < 1024 * 1024) return
    const digest = parseBlobName(name)
    const id = (digest === undefined ? name : digestHex(digest)).slice(0, 12)
    report({ status: 'Loading layer', progressDetail: { current: currentBytes, total: totalBytes }, id })
  }
}

/** An image whose blobs are in the content store, if they are anywhere. */
function contentSource(
  context: ImageContext,
  { action, signal, early }: { action: string; signal: AbortSignal; early: EarlyLayers },
): ImageSource {
  const { content, layers } = context
  const need = async ({ digest }: { digest: Parameters<typeof content.findBlob>[0] }) => {
    if (await content.findBlob(digest)) return
    throw new CodedError('invalid-argument', `Cannot ${action}: ${digest} is not in the archive`)
  }
  return {
    config: async (descriptor) => {
      await need(descriptor)
      return content.readWhole(descriptor.digest)
    },
    layers: (wanted) =>
      together(wanted, signal, async (layer, signal) => {
        await need(layer.descriptor)
        await layers.unpack(layer, { signal, findStaged: (digest) => early.find(digest) })
      }),
  }
}
