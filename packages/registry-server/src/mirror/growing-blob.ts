import type { Digest } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import type { ByteRange, Storage } from '../storage.ts'

type State = { is: 'growing' } | { is: 'committing' } | { is: 'stored' } | { is: 'failed'; error: unknown }

/**
 * A blob that is being downloaded and can be read meanwhile, by as many as like, each at its own pace. The last byte is
 * held back until the digest is known to be right, so whoever has read to the end has the right bytes.
 */
export class GrowingBlob {
  readonly digest: Digest
  /** Undefined when upstream does not tell. */
  readonly sizeBytes: number | undefined
  /** Settles when it is stored, or has failed. */
  readonly stored: Promise<void>
  readonly #storage: Storage
  readonly #staging: Storage
  readonly #key: string
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
    this.#key = upload.key
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

  /** The upload is about to become the blob; readers wait. */
  commit(): void {
    this.#state = { is: 'committing' }
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
      if (this.#state.is === 'failed') throw this.#state.error
      if (this.#state.is === 'stored')
        return yield* await this.#storage.openBlob(this.digest, { start: position, end })
      const available = Math.min(this.#visibleBytes - 1, end)
      const part =
        this.#state.is === 'growing' && available >= position
          ? await this.#openUpload({ start: position, end: available })
          : undefined
      if (part) {
        yield* part
        position = available + 1
      } else await this.#changed.promise
    }
  }

  /** Undefined when the upload has become the blob in the meantime: it is read as that then. */
  async #openUpload(range: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      return await this.#staging.openUpload(this.#key, range)
    } catch (error) {
      if (!isCoded(error, 'not-found') || this.#state.is === 'growing') throw error
      return undefined
    }
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
