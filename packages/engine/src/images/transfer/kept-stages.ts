import type { Digest } from '@berth/oci'
import type { WrittenStage } from '../layers/add-layer.ts'

interface Entry {
  users: number
  stage: WrittenStage | undefined
}

/** Layers that came out of blobs while these arrived, for as long as somebody is fetching them. */
export class KeptStages {
  readonly #entries = new Map<Digest, Entry>()

  /** Disposing the last use of a blob removes what came out of it, unless it was committed. */
  use(digest: Digest): AsyncDisposable {
    const entry = this.#entries.get(digest) ?? { users: 0, stage: undefined }
    this.#entries.set(digest, entry)
    entry.users++
    return {
      [Symbol.asyncDispose]: async () => {
        if (--entry.users > 0) return
        this.#entries.delete(digest)
        await entry.stage?.[Symbol.asyncDispose]()
      },
    }
  }

  find(digest: Digest): WrittenStage | undefined {
    return this.#entries.get(digest)?.stage
  }

  /** Takes a stage over; one of a blob that nobody is fetching any more is removed. */
  async keep(digest: Digest, stage: WrittenStage): Promise<void> {
    const entry = this.#entries.get(digest)
    if (!entry || entry.stage) await stage[Symbol.asyncDispose]()
    else entry.stage = stage
  }
}
