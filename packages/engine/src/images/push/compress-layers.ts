import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import {
  digestOf,
  mediaTypes,
  parseImageConfig,
  parseManifest,
  type Descriptor,
  type ImageConfig,
  type Manifest,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { ImageContext } from '../image-context.ts'
import { uniqueLayers } from '../layers/image-layers.ts'
import { shortDigest } from '../progress/short-digest.ts'
import type { ImageRecord } from '../store/image-store.ts'
import type { Report } from '../progress/progress.ts'
import { imageBlobs, recordImage } from '../store/record-image.ts'
import { receiveBlob } from '../content/receive-blob.ts'
import { together } from '../transfer/together.ts'
import type { Hold } from '../content/hold.ts'
import { whileHeld } from '../content/while-held.ts'

const gzipTypes: Readonly<Record<string, string>> = {
  [mediaTypes.ociLayer]: mediaTypes.ociLayerGzip,
  [mediaTypes.dockerLayer]: mediaTypes.dockerLayerGzip,
  [mediaTypes.ociLayerNondistributable]: mediaTypes.ociLayerNondistributableGzip,
}

const chunkBytes = 1024 * 1024

interface CompressRequest {
  name: string
  report: Report
  signal: AbortSignal
}

/**
 * Compresses the layers of an image that was made here, once: its manifest then names what is sent. A manifest that some
 * registry served, or that an index names, stays as it is, whatever its layers are.
 */
export async function compressLayers(
  context: ImageContext,
  image: ImageRecord,
  request: CompressRequest,
): Promise<ImageRecord> {
  if (context.images.namesOf(image.imageId).digests.length > 0) return image
  if (context.images.findIndex(image.imageId)) return image
  const bytes = await context.content.readWhole(image.manifestDigest)
  const manifest = parseManifest(bytes, undefined)
  if (manifest.kind !== 'manifest' || !manifest.layers.some(({ mediaType }) => gzipTypes[mediaType]))
    return image
  return await whileHeld(context, { action: `push ${request.name}` }, async (hold) => {
    const config = parseImageConfig(await context.content.readWhole(manifest.config.digest))
    const layers = await compressAll(context, { ...request, manifest, config, hold })
    const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as object
    const compressed: Manifest = { ...manifest, ...document, layers }
    const written = Buffer.from(JSON.stringify({ ...document, layers }))
    const digest = digestOf(written)
    await context.content.writeBlob(written, { digest, size: written.length }, { leaseId: hold.lease.id })
    const record = await recordImage(context, { path: [digest], manifest: compressed, config }, {})
    context.images.retainBlobs(image.imageId, imageBlobs({ path: [digest], manifest: compressed }))
    return record
  })
}

interface CompressAll extends CompressRequest {
  manifest: Manifest
  config: ImageConfig
  hold: Hold
}

async function compressAll(context: ImageContext, request: CompressAll): Promise<Descriptor[]> {
  const { manifest, config, report, hold, signal } = request
  const done = new Map<string, Descriptor>()
  const raw = uniqueLayers(manifest, config).filter(({ descriptor }) => gzipTypes[descriptor.mediaType])
  await together(raw, signal, (layer, signal) =>
    context.uploads.run(async () => {
      const { descriptor, diffId } = layer
      const onRead = (current: number) =>
        report({
          status: 'Preparing',
          progressDetail: { current, total: descriptor.size },
          id: shortDigest(diffId),
        })
      const body = gzipped(counted(context.content.readBlob(descriptor.digest, { signal }), onRead), signal)
      const { digest, size } = await receiveBlob(body, { content: context.content, hold })
      const mediaType = gzipTypes[descriptor.mediaType] ?? descriptor.mediaType
      done.set(descriptor.digest, { ...descriptor, mediaType, digest, size })
    }),
  )
  return manifest.layers.map((layer) => done.get(layer.digest) ?? layer)
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of body) {
    yield piece
    bytes += piece.length
    onRead(bytes)
  }
}

/** Compresses on other threads. The same bytes always give the same result: no time and no name are in the header. */
async function* gzipped(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted()
  const gzip = createGzip({ chunkSize: chunkBytes })
  const flowing = pipeline(body, gzip, { signal })
  // Its failure also ends the iteration below, where it is thrown.
  flowing.catch(() => {})
  try {
    for await (const piece of gzip) yield piece as Uint8Array
    await flowing
  } catch (error) {
    if (signal.aborted) throw new CodedError('cancelled', 'context canceled', { cause: error })
    throw error
  } finally {
    gzip.destroy()
  }
}
