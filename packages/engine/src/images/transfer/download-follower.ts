import { SourceGrowth } from '@berth/layer'
import type { Compression, Digest } from '@berth/oci'
import { stageFile, type WrittenStage } from '../layers/add-layer.ts'
import type { LayerStores } from '../layers/layer-stores.ts'

export interface FollowOptions {
  /** The growing file. */
  path: string
  digest: Digest
  compression: Compression | 'auto'
  signal: AbortSignal
  onProgress: (readBytes: number) => void
}

/**
 * Unpacks a blob while it arrives. What fails here is not told: who needs the layer unpacks the whole blob, and fails then.
 * Disposing stops it and removes what was not taken.
 */
export class DownloadFollower implements AsyncDisposable {
  readonly #growth = new SourceGrowth()
  readonly #stage: Promise<WrittenStage | undefined>
  #isTaken = false

  constructor(stores: LayerStores, { path, digest, ...options }: FollowOptions) {
    const source = { source: path, growth: this.#growth, digest }
    this.#stage = stageFile(stores, source, options).catch(() => undefined)
  }

  advance(sizeBytes: number): void {
    this.#growth.advance(sizeBytes)
  }

  /** What arrived is void. */
  abandon(): void {
    this.#growth.abandon()
  }

  /** All has arrived: gives what came out, which is the caller's from then on, and true only once the blob is verified. */
  async take(): Promise<WrittenStage | undefined> {
    this.#growth.end()
    const stage = await this.#stage
    this.#isTaken = true
    return stage
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isTaken) return
    this.#growth.abandon()
    const stage = await this.#stage
    await stage?.[Symbol.asyncDispose]()
  }
}
