import type { JsonMessage } from '@berth/api'
import { withoutUnnamedCompression } from '@berth/layer'
import {
  familiarReference,
  formatReference,
  type ImageConfig,
  type Platform,
  type Reference,
} from '@berth/oci'
import { nowTimestamp } from '../../timestamps.ts'
import { addLayer } from '../layers/add-layer.ts'
import { layerType } from './archive-images.ts'
import { applyChanges } from '../changes/apply-changes.ts'
import { fetchArchive } from './fetch-archive.ts'
import type { ImageContext } from '../image-context.ts'
import { makeImage } from '../store/make-image.ts'
import { progressOf, type Report } from '../progress/progress.ts'
import { receiveBlob } from '../content/receive-blob.ts'
import { whileHeld } from '../content/while-held.ts'

export interface ImportImageOptions {
  /** A URL, or what the client sends. */
  source: { url: string } | { body: AsyncIterable<Uint8Array> }
  /** With its tag; undefined leaves the image without a name. */
  reference: Reference | undefined
  message: string
  /** Dockerfile instructions for the config. */
  changes: readonly string[]
  platform: Platform | undefined
  signal: AbortSignal
}

/** Makes an image of one layer of an archive of a root file system, kept as it comes. The last status is its id. */
export async function* importImage(
  context: ImageContext,
  options: ImportImageOptions,
): AsyncGenerator<JsonMessage> {
  // Before the first byte is read: what is wrong here costs nobody an upload.
  const defaults = applyChanges({}, options.changes)
  const imageId = yield* progressOf((report) => importLayer(context, { ...options, defaults, report }))
  const { reference } = options
  context.events.image('import', imageId, { name: reference ? familiarReference(reference) : imageId })
  yield { status: imageId }
}

interface ImportRequest extends ImportImageOptions {
  defaults: NonNullable<ImageConfig['config']>
  report: Report
}

async function importLayer(context: ImageContext, request: ImportRequest): Promise<string> {
  const { source, reference, signal, report } = request
  return whileHeld(context, { action: 'import the image' }, async (hold) => {
    const { content } = context
    const body = 'url' in source ? fetchArchive(source.url, { signal, report }) : source.body
    const onProgress = (current: number) => report({ status: 'Importing', progressDetail: { current } })
    const blob = await receiveBlob(withoutUnnamedCompression(body, { signal }), { content, hold, onProgress })
    const mediaType = await layerType(content, blob.digest)
    const { diffId } = await addLayer(context, blob, { hold, signal })
    const { imageId } = await makeImage(
      context,
      {
        config: importedConfig(context, request, diffId),
        layers: [{ mediaType, ...blob }],
        tag: reference && formatReference(reference),
      },
      hold,
    )
    return imageId
  })
}

function importedConfig(
  context: ImageContext,
  { source, message, platform, defaults }: ImportRequest,
  diffId: ImageConfig['rootfs']['diff_ids'][number],
): ImageConfig {
  const created = nowTimestamp()
  const comment = message || `Imported from ${'url' in source ? source.url : '-'}`
  return {
    ...(platform ?? context.platform),
    created,
    comment,
    config: defaults,
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, comment }],
  }
}
