import { setTimeout as sleep } from 'node:timers/promises'
import type { Digest } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import type { ByteRange, Storage } from '../storage/storage.ts'

/** What comes meanwhile goes out as one piece. */
const gatherMs = 10

type State = { is: 'growing' } | { is: 'stored' } | { is: 'failed'; error: unknown }

/**
 * A blob that is being downloaded and can be read meanwhile, by as many as like, each at its own pace. The last byte is
 * held back until the digest is known to be right, so whoever has read to the end has the right bytes.
 */
export class GrowingBlob {
  readonly digest: Digest
  /** Undefined when upstream does not tell. */
  readonly sizeBytes: number | undefined
  /** Where it is until it is stored. */
  readonly uploadKey: string
  /** Settles when it is stored, or has failed. */
  readonly stored: Promise<void>
  readonly #storage: Storage
  readonly #staging: Storage
  readonly #settle: PromiseWithResolvers<void>
  #state: State = { is: 'growing' }
  #visibleBytes = 0
  #changed = Promise.withResolvers<void>()

  constructor(
    { storage, staging }: { storage: Storage; staging: Storage },
    upload: { key: string; digest: Digest; sizeBytes: number | undefined },
  ) {
    this.#storage = storage
    this.#staging = staging
    this.uploadKey = upload.key
    this.digest = upload.digest
    this.sizeBytes = upload.sizeBytes
    this.#settle = Promise.withResolvers()
    this.stored = this.#settle.promise
    // Nobody may be waiting for it.
    this.stored.catch(() => {})
  }

  /** So many bytes are in the upload. */
  advance(receivedBytes: number): void {
    this.#visibleBytes = receivedBytes - 1
    this.#tell()
  }

  finish(): void {
    this.#state = { is: 'stored' }
    this.#settle.resolve()
    this.#tell()
  }

  fail(error: unknown): void {
    this.#state = { is: 'failed', error }
    this.#settle.reject(error)
    this.#tell()
  }

  /** The bytes of a range as they come. Throws what the download failed with. */
  async *read({ start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    for (let position = start; position <= end;) {
      const changed = this.#changed.promise
      if (this.#state.is === 'failed') throw this.#state.error
      if (this.#state.is === 'stored')
        return yield* await this.#storage.openBlob(this.digest, { start: position, end })
      const available = Math.min(this.#visibleBytes - 1, end)
      const range = { start: position, end: available }
      const part = available >= position ? await this.#openUpload(range) : undefined
      if (part) {
        yield* part
        position = available + 1
      } else {
        await changed
        // The first bytes go out at once, later ones in pieces that are worth opening a file for.
        if (position > start) await sleep(gatherMs)
      }
    }
  }

  /** Undefined when the upload is becoming the blob, or has failed: that is told in a moment. */
  async #openUpload(range: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      return await this.#staging.openUpload(this.uploadKey, range)
    } catch (error) {
      if (isCoded(error, 'not-found')) return undefined
      throw error
    }
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
