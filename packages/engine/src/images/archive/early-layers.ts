import type { ContentId } from '@berth/content'
import type { Digest } from '@berth/oci'
import { settleAll } from '@berth/stdx'
import { stageBlob, type WrittenStage } from '../layers/add-layer.ts'
import type { LayerStores } from '../layers/layer-stores.ts'

/** Smaller blobs are manifests and configs, or take no time. */
const sizeBytesMin = 64 * 1024
const stagedMax = 128

/**
 * Unpacks large blobs of an archive while the rest of it still arrives: which of them are layers is often said at its end.
 * A guess that was wrong costs time alone. Disposing removes what was not taken.
 */
export class EarlyLayers implements AsyncDisposable {
  readonly #stores: LayerStores
  readonly #ended = new AbortController()
  readonly #signal: AbortSignal
  readonly #staged = new Map<Digest, Promise<WrittenStage | undefined>>()

  constructor(stores: LayerStores, signal: AbortSignal) {
    this.#stores = stores
    this.#signal = AbortSignal.any([signal, this.#ended.signal])
  }

  /** For a blob that is in the content store. */
  begin({ digest, size }: ContentId): void {
    if (size < sizeBytesMin || this.#staged.size >= stagedMax || this.#staged.has(digest)) return
    // What fails here fails once more, and is told, where the layer is asked for.
    this.#staged.set(
      digest,
      stageBlob(this.#stores, digest, { signal: this.#signal }).catch(() => undefined),
    )
  }

  /** What came out of a blob, if it was begun with; it stays this object's. */
  async find(digest: Digest): Promise<WrittenStage | undefined> {
    return this.#staged.get(digest)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    const staged = await Promise.all(this.#staged.values())
    await settleAll(staged.map((one) => () => one?.[Symbol.asyncDispose]()))
  }
}
