import { CodedError } from '@berth/stdx'
import type { Digest } from '@berth/oci'
import type { BlobStorage, IngestData } from './blob-storage.ts'
import type { BlobInfo } from './content-store.ts'

interface Written {
  chunks: Uint8Array[]
  changedAt: number
}

const sizeOf = (written: Written): number => written.chunks.reduce((sum, chunk) => sum + chunk.length, 0)

/** Blobs and ingests in this process alone. */
export class MemoryStorage implements BlobStorage {
  readonly #blobs = new Map<Digest, Uint8Array>()
  readonly #ingests = new Map<string, Written>()

  path(): undefined {
    return undefined
  }

  async find(digest: Digest): Promise<BlobInfo | undefined> {
    const bytes = this.#blobs.get(digest)
    return bytes && { digest, sizeBytes: bytes.length }
  }

  async *read(digest: Digest, start: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const bytes = this.#blobs.get(digest)
    if (!bytes) throw new CodedError('not-found', `Cannot read blob ${digest}: not in the content store`)
    if (start > bytes.length) {
      throw new CodedError('invalid-argument', `Cannot read blob ${digest}: it ends at byte ${bytes.length}`)
    }
    signal?.throwIfAborted()
    if (start < bytes.length) yield bytes.subarray(start)
  }

  async *list(): AsyncIterable<BlobInfo> {
    for (const [digest, bytes] of this.#blobs) yield { digest, sizeBytes: bytes.length }
  }

  async delete(digest: Digest): Promise<void> {
    this.#blobs.delete(digest)
  }

  async openIngest(ref: string, { transient }: { transient: boolean }): Promise<IngestData> {
    const written = this.#ingests.get(ref) ?? { chunks: [], changedAt: Date.now() }
    this.#ingests.set(ref, written)
    return new MemoryIngest(written, {
      transient,
      publish: (digest, bytes) => void this.#blobs.set(digest, bytes),
      forget: () => void this.#ingests.delete(ref),
    })
  }

  async deleteIdleIngests(idleSince: number, openRefs: ReadonlySet<string>): Promise<number> {
    let freedBytes = 0
    for (const [ref, written] of this.#ingests) {
      if (openRefs.has(ref) || written.changedAt > idleSince) continue
      freedBytes += sizeOf(written)
      this.#ingests.delete(ref)
    }
    return freedBytes
  }
}

interface MemoryIngestOptions {
  transient: boolean
  publish: (digest: Digest, bytes: Uint8Array) => void
  forget: () => void
}

class MemoryIngest implements IngestData {
  readonly path = undefined
  readonly #written: Written
  readonly #options: MemoryIngestOptions

  constructor(written: Written, options: MemoryIngestOptions) {
    this.#written = written
    this.#options = options
  }

  get sizeBytes(): number {
    return sizeOf(this.#written)
  }

  async *read(): AsyncIterable<Uint8Array> {
    yield* this.#written.chunks
  }

  async append(chunk: Uint8Array): Promise<void> {
    // The caller may use its buffer again.
    this.#written.chunks.push(Uint8Array.from(chunk))
    this.#written.changedAt = Date.now()
  }

  async clear(): Promise<void> {
    this.#written.chunks = []
  }

  async sync(): Promise<void> {}

  async publish(digest: Digest): Promise<void> {
    this.#options.publish(digest, Buffer.concat(this.#written.chunks))
    this.#written.chunks = []
  }

  async close(): Promise<void> {
    if (this.sizeBytes === 0 || this.#options.transient) this.#options.forget()
  }
}
