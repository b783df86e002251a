import type { Ingest } from '@berth/content'
import {
  digestHex,
  layerCompression,
  type Compression,
  type Descriptor,
  type Digest,
  type Reference,
} from '@berth/oci'
import type { Credentials, RegistryClient } from '@berth/registry-client'
import { CodedError, releaseMemory, Semaphore } from '@berth/stdx'

import { stageBlob, type WrittenStage } from '../layers/add-layer.ts'
import { despiteMirrors } from './despite-mirrors.ts'
import { DownloadFollower } from './download-follower.ts'
import { isInterruption } from './interruption.ts'
import { KeptStages } from './kept-stages.ts'
import type { LayerStores } from '../layers/layer-stores.ts'
import { SharedWork } from './shared-work.ts'

/** Where a layer is on its way from a registry to a mountable layer. */
export type LayerEvent =
  | { state: 'waiting' }
  | { state: 'downloading'; currentBytes: number; totalBytes: number }
  | { state: 'retrying'; delayMs: number }
  | { state: 'downloaded' }
  | { state: 'extracting'; currentBytes: number; totalBytes: number }

/** A layer as the two documents of an image name it. */
export interface ImageLayer {
  descriptor: Descriptor
  /** What the image config says the uncompressed tar hashes to. */
  diffId: Digest
}

export interface LayerRequest extends ImageLayer {
  reference: Reference
  credentials: Credentials | undefined
}

interface DownloadOptions {
  emit: (event: LayerEvent) => void
  signal: AbortSignal
  withoutMirrors: boolean
  /** Among the downloads. */
  place: Disposable
}

/** Smaller blobs arrive at once. */
const followedBytesMin = 1024 * 1024

interface UnpackOptions {
  signal: AbortSignal
  onEvent?: (event: LayerEvent) => void
  /** What has come out of a blob already; who gives it disposes it. */
  findStaged?: (digest: Digest) => Promise<WrittenStage | undefined>
}

export interface LayerTransferOptions extends LayerStores {
  registry: RegistryClient
  downloadsMax: number
  /** True when an image that was pulled whole has the pair: the blob is known to unpack to the layer. */
  isKnownPair: (digest: Digest, diffId: Digest) => boolean
}

/**
 * Brings layers from registries into the content store and the snapshotter, each once however many pulls want it. Every
 * one of these pulls has the blob in its own lease and holds the layer before it asks: whoever began may leave.
 */
export class LayerTransfer {
  readonly #options: LayerTransferOptions
  readonly #places: Semaphore
  readonly #held = new Map<Digest, number>()
  /** Pairs that were unpacked for pulls under way, which have no image yet to tell it. */
  readonly #unpacked = new Set<string>()
  readonly #downloads = new SharedWork<LayerEvent, void>()
  readonly #unpackings = new SharedWork<LayerEvent, void>()
  readonly #stages = new KeptStages()

  constructor(options: LayerTransferOptions) {
    this.#options = options
    this.#places = new Semaphore(options.downloadsMax)
  }

  /** Keeps layers from garbage collection until disposed: those of a pull that has no image to hold them yet. */
  hold(diffIds: readonly Digest[]): Disposable {
    for (const diffId of diffIds) this.#held.set(diffId, (this.#held.get(diffId) ?? 0) + 1)
    return {
      [Symbol.dispose]: () => {
        for (const diffId of diffIds) {
          const left = (this.#held.get(diffId) ?? 1) - 1
          if (left > 0) this.#held.set(diffId, left)
          else this.#held.delete(diffId)
        }
        if (this.#held.size === 0) this.#unpacked.clear()
      },
    }
  }

  isHeld(diffId: Digest): boolean {
    return this.#held.has(diffId)
  }

  /** True when nothing has to be fetched or unpacked. */
  async has(layer: ImageLayer): Promise<boolean> {
    const isFetched = (await this.#options.content.findBlob(layer.descriptor.digest)) !== undefined
    return isFetched && (await this.#isUnpacked(layer))
  }

  /** A layer that came out of another blob proves nothing about this one. */
  async #isUnpacked({ descriptor, diffId }: ImageLayer): Promise<boolean> {
    const { isKnownPair, snapshotter } = this.#options
    const isProven =
      this.#unpacked.has(keyOf({ descriptor, diffId })) || isKnownPair(descriptor.digest, diffId)
    return isProven && (await snapshotter.findLayer(diffId)) !== undefined
  }

  /** Images that tell different things of one blob share its download and nothing more. */
  async fetch(
    request: LayerRequest,
    { signal, onEvent }: { signal: AbortSignal; onEvent: (event: LayerEvent) => void },
  ): Promise<void> {
    const { digest } = request.descriptor
    const options = { signal, onEvent: tellingOnce('downloaded', onEvent) }
    await using _use = this.#stages.use(digest)
    const download = async (emit: (event: LayerEvent) => void, signal: AbortSignal) => {
      await despiteMirrors({ ...request, registry: this.#options.registry, signal }, async (options) => {
        using place = await this.#places.acquire(() => emit({ state: 'waiting' }))
        await this.#download(request, { ...options, emit, signal, place })
      })
    }
    const unpack = (emit: (event: LayerEvent) => void, signal: AbortSignal) =>
      this.unpack(request, { signal, onEvent: emit, findStaged: async () => this.#stages.find(digest) })
    await this.#downloads.join(digest, download, options)
    options.onEvent({ state: 'downloaded' })
    await this.#unpackings.join(keyOf(request), unpack, options)
  }

  /** Its place among the downloads is free for another while the bytes go to the disk. */
  async #download(
    request: LayerRequest,
    { emit, signal, place, withoutMirrors }: DownloadOptions,
  ): Promise<void> {
    const { content, registry } = this.#options
    const { reference, descriptor, credentials } = request
    signal.throwIfAborted()
    if (await content.findBlob(descriptor.digest)) return
    await using ingest = await content.openIngest(`layer ${descriptor.digest}`)
    if (ingest.offset > descriptor.size) await ingest.truncate()
    await using follower = this.#follow(request, { ingest, emit, signal })
    const report = () => {
      follower?.advance(ingest.offset)
      emit({ state: 'downloading', currentBytes: ingest.offset, totalBytes: descriptor.size })
    }
    report()
    if (ingest.offset < descriptor.size) {
      const body = registry.fetchBlob(reference, descriptor, {
        start: ingest.offset,
        signal,
        withoutMirrors,
        onRestart: () => {
          follower?.abandon()
          return ingest.truncate()
        },
        onRetry: ({ delayMs }) => emit({ state: 'retrying', delayMs }),
        ...(credentials ? { credentials } : {}),
      })
      try {
        for await (const chunk of body) {
          await ingest.write(chunk)
          releaseMemory(chunk)
          report()
        }
      } catch (error) {
        if (!isInterruption(signal.aborted ? signal.reason : error)) await ingest.truncate()
        throw error
      }
    }
    emit({ state: 'downloaded' })
    place[Symbol.dispose]()
    const stage = await follower?.take()
    await using stack = new AsyncDisposableStack()
    if (stage) stack.use(stage)
    await ingest.commit(descriptor)
    stack.move()
    if (stage) await this.#stages.keep(descriptor.digest, stage)
  }

  /** Where nobody else is kept from unpacking by it, a large blob is unpacked while it arrives. */
  #follow(
    { descriptor }: LayerRequest,
    { ingest, emit, signal }: { ingest: Ingest; emit: (event: LayerEvent) => void; signal: AbortSignal },
  ): DownloadFollower | undefined {
    const isWorth = descriptor.size >= followedBytesMin && this.#options.layerWriter.canFollow
    if (!isWorth || ingest.path === undefined) return undefined
    return new DownloadFollower(this.#options, {
      path: ingest.path,
      digest: descriptor.digest,
      compression: compressionOf(descriptor),
      signal,
      onProgress: (currentBytes) => {
        if (ingest.offset === descriptor.size)
          emit({ state: 'extracting', currentBytes, totalBytes: descriptor.size })
      },
    })
  }

  /** Makes the blob of a layer mountable, and checks that it is the layer its config promised. */
  async unpack(
    { descriptor, diffId }: ImageLayer,
    { signal, onEvent, findStaged }: UnpackOptions,
  ): Promise<void> {
    if (await this.#isUnpacked({ descriptor, diffId })) return
    const found = await findStaged?.(descriptor.digest)
    await using made = found
      ? undefined
      : await stageBlob(this.#options, descriptor.digest, {
          compression: compressionOf(descriptor),
          signal,
          onProgress: (readBytes) =>
            onEvent?.({ state: 'extracting', currentBytes: readBytes, totalBytes: descriptor.size }),
        })
    const staged = found ?? made
    if (staged?.diffId !== diffId) {
      throw new CodedError(
        'data-loss',
        `Cannot unpack layer ${digestHex(descriptor.digest).slice(0, 12)}: its content has digest ${staged?.diffId}, the image config says ${diffId}`,
      )
    }
    await staged.commit()
    this.#unpacked.add(keyOf({ descriptor, diffId }))
  }
}

/** Passes events on, one kind of them the first time alone. */
function tellingOnce(
  state: LayerEvent['state'],
  onEvent: (event: LayerEvent) => void,
): (event: LayerEvent) => void {
  let isTold = false
  return (event) => {
    if (event.state === state && isTold) return
    isTold ||= event.state === state
    onEvent(event)
  }
}

const keyOf = ({ descriptor, diffId }: ImageLayer): string => `${descriptor.digest} ${diffId}`

function compressionOf(descriptor: Descriptor): Compression | 'auto' {
  // Docker's clients have long pushed uncompressed layers under the gzip type: the first bytes decide.
  return layerCompression(descriptor.mediaType) === 'zstd' ? 'zstd' : 'auto'
}
