import { gzipBlocks } from '@berth/layer'
import {
  digestOf,
  isForeignLayer,
  mediaTypes,
  parseImageConfig,
  parseManifest,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type Manifest,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { Hold } from '../content/hold.ts'
import { receiveBlob } from '../content/receive-blob.ts'
import type { ImageContext } from '../image-context.ts'
import { uniqueLayers } from '../layers/image-layers.ts'
import type { Report } from '../progress/progress.ts'
import { shortDigest } from '../progress/short-digest.ts'
import type { ImageRecord } from '../store/image-store.ts'
import { imageBlobs, recordImage } from '../store/record-image.ts'

const gzipTypes: Readonly<Record<string, string>> = {
  [mediaTypes.ociLayer]: mediaTypes.ociLayerGzip,
  [mediaTypes.dockerLayer]: mediaTypes.dockerLayerGzip,
  [mediaTypes.ociLayerNondistributable]: mediaTypes.ociLayerNondistributableGzip,
}

const isRaw = (layer: Descriptor): boolean =>
  gzipTypes[layer.mediaType] !== undefined && !isForeignLayer(layer)

/** An image that was made here and has layers that are not compressed. */
export interface RawImage {
  image: ImageRecord
  manifest: Manifest
  /** The manifest as it is written, with what we do not know of. */
  document: object
  config: ImageConfig
}

/** A manifest that some registry served, or that an index names, stays as it is, whatever its layers are. */
export async function findRawImage(
  { content, images }: ImageContext,
  image: ImageRecord,
): Promise<RawImage | undefined> {
  if (images.namesOf(image.imageId).digests.length > 0 || images.findIndex(image.imageId)) return undefined
  const bytes = await content.readWhole(image.manifestDigest)
  const manifest = parseManifest(bytes, undefined)
  if (manifest.kind !== 'manifest' || !manifest.layers.some(isRaw)) return undefined
  const config = parseImageConfig(await content.readWhole(manifest.config.digest))
  return { image, manifest, document: JSON.parse(Buffer.from(bytes).toString('utf8')) as object, config }
}

interface LayerCompressionOptions {
  raw: RawImage
  hold: Hold
  report: Report
}

/**
 * Compresses the layers of an image, once: each when it is asked for. When all are, the image is recorded with a manifest
 * that names what is sent, while that is being sent.
 */
export class LayerCompression implements AsyncDisposable {
  readonly #context: ImageContext
  readonly #options: LayerCompressionOptions
  readonly #diffIds: ReadonlyMap<Digest, Digest>
  readonly #compressed = new Map<Digest, Descriptor>()
  #recorded: Promise<ImageRecord> | undefined

  constructor(context: ImageContext, options: LayerCompressionOptions) {
    this.#context = context
    this.#options = options
    const { manifest, config } = options.raw
    const layers = uniqueLayers(manifest, config).filter(({ descriptor }) => isRaw(descriptor))
    this.#diffIds = new Map(layers.map(({ descriptor, diffId }) => [descriptor.digest, diffId]))
  }

  /** What is sent in place of a blob of the image; call it once for each. */
  async compress(descriptor: Descriptor, signal: AbortSignal): Promise<Descriptor> {
    const diffId = this.#diffIds.get(descriptor.digest)
    if (diffId === undefined) return descriptor
    const { content } = this.#context
    const body = this.#counted(content.readBlob(descriptor.digest, { signal }), descriptor, diffId)
    const { digest, size } = await this.#receive(gzipBlocks(body), signal)
    const mediaType = gzipTypes[descriptor.mediaType] ?? descriptor.mediaType
    const compressed = { ...descriptor, mediaType, digest, size }
    this.#compressed.set(descriptor.digest, compressed)
    if (this.#compressed.size === this.#diffIds.size) this.#startRecording()
    return compressed
  }

  /** The image as it is sent; call it when all of it was asked for. */
  async image(): Promise<ImageRecord> {
    if (this.#recorded === undefined) throw new CodedError('internal', 'Cannot record image: not compressed')
    return await this.#recorded
  }

  /** Waits for what is being recorded. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#recorded?.catch(() => undefined)
  }

  #startRecording(): void {
    this.#recorded = this.#record()
    // Whoever sends asks for it later, or has failed and does not.
    this.#recorded.catch(() => undefined)
  }

  async #record(): Promise<ImageRecord> {
    const { raw, hold } = this.#options
    const layers = raw.manifest.layers.map((layer) => this.#compressed.get(layer.digest) ?? layer)
    const written = Buffer.from(JSON.stringify({ ...raw.document, layers }))
    const digest = digestOf(written)
    const complete = { path: [digest], manifest: { ...raw.manifest, layers }, config: raw.config }
    const { content, images } = this.#context
    await content.writeBlob(written, { digest, size: written.length }, { leaseId: hold.lease.id })
    const record = await recordImage(this.#context, complete, {})
    images.retainBlobs(raw.image.imageId, imageBlobs(complete))
    return record
  }

  async #receive(body: AsyncIterable<Uint8Array>, signal: AbortSignal) {
    try {
      return await receiveBlob(body, { content: this.#context.content, hold: this.#options.hold })
    } catch (error) {
      if (signal.aborted) throw new CodedError('cancelled', 'context canceled', { cause: error })
      throw error
    }
  }

  async *#counted(
    body: AsyncIterable<Uint8Array>,
    { size: total }: Descriptor,
    diffId: Digest,
  ): AsyncGenerator<Uint8Array> {
    let current = 0
    for await (const piece of body) {
      yield piece
      current += piece.length
      const progressDetail = { current, total }
      this.#options.report({ status: 'Preparing', progressDetail, id: shortDigest(diffId) })
    }
  }
}
