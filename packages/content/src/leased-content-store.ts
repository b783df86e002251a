import { randomUUID } from 'node:crypto'
import { CodedError, noSpaceError, readBounded, type Logger } from '@berth/stdx'
import { digestAlgorithm, digestOf, type Descriptor, type Digest } from '@berth/oci'
import type { BlobStorage } from './blob-storage.ts'
import type { BlobInfo, ContentStore, Ingest, Lease } from './content-store.ts'
import type { ContentFailpoint } from './failpoint.ts'
import { Leases } from './leases.ts'
import type { MetadataStore } from './metadata-store.ts'
import { SharedLock } from './shared-lock.ts'
import { openVerifiedIngest } from './verified-ingest.ts'

const dayMs = 24 * 60 * 60 * 1000
const wholeBytesMax = 16 * 1024 * 1024

interface LeasedContentStoreOptions {
  storage: BlobStorage
  metadata: MetadataStore
  logger: Logger
  failpoint: ContentFailpoint
}

/**
 * A content store over any `BlobStorage`. Whatever makes a blob appear or holds one takes the lock shared; a
 * collection takes it alone, so that what it found unheld stays so until it is deleted.
 */
export class LeasedContentStore implements ContentStore {
  readonly #storage: BlobStorage
  readonly #metadata: MetadataStore
  readonly #leases: Leases
  readonly #logger: Logger
  readonly #failpoint: ContentFailpoint
  readonly #lock = new SharedLock()
  readonly #openRefs = new Set<string>()

  constructor(options: LeasedContentStoreOptions) {
    this.#storage = options.storage
    this.#metadata = options.metadata
    this.#leases = new Leases(options.metadata)
    this.#logger = options.logger
    this.#failpoint = options.failpoint
  }

  findBlob(digest: Digest): Promise<BlobInfo | undefined> {
    return this.#storage.find(digest)
  }

  readBlob(
    digest: Digest,
    options: { start?: number; signal?: AbortSignal } = {},
  ): AsyncIterable<Uint8Array> {
    return this.#storage.read(digest, options.start ?? 0, options.signal)
  }

  readWhole(digest: Digest, limitBytes = wholeBytesMax): Promise<Uint8Array> {
    return readBounded(this.readBlob(digest), limitBytes, `blob ${digest}`)
  }

  blobPath(digest: Digest): string | undefined {
    return this.#storage.path(digest)
  }

  async openIngest(
    ref: string,
    { leaseId, transient = false }: { leaseId?: string; transient?: boolean } = {},
  ): Promise<Ingest> {
    if (leaseId !== undefined) this.#leases.check(leaseId)
    if (this.#openRefs.has(ref)) {
      throw new CodedError(
        'conflict',
        `Cannot open ingest ${JSON.stringify(ref)}: another writer has it open`,
      )
    }
    await using opened = new AsyncDisposableStack()
    this.#openRefs.add(ref)
    opened.defer(() => void this.#openRefs.delete(ref))
    try {
      const data = await this.#lock.shared(() => this.#storage.openIngest(ref, { transient }))
      opened.defer(() => data.close())
      const publish = (digest: Digest) => this.#publish(digest, leaseId, () => data.publish(digest))
      return await openVerifiedIngest({ data, failpoint: this.#failpoint, publish, resources: opened })
    } catch (error) {
      throw noSpaceError(error, 'write to the content store') ?? error
    }
  }

  async writeBlob(
    bytes: Uint8Array,
    { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
    options: { leaseId?: string } = {},
  ): Promise<void> {
    if (bytes.length !== size || digestOf(bytes, digestAlgorithm(digest)) !== digest) {
      throw new CodedError('data-loss', `Cannot verify ${digest}: the bytes have another size or digest`)
    }
    if (await this.#leaseExisting(digest, size, options.leaseId)) return
    await using ingest = await this.openIngest(`blob ${digest} ${randomUUID()}`, {
      ...options,
      transient: true,
    })
    await ingest.write(bytes)
    await ingest.commit({ digest, size })
  }

  listBlobs(): AsyncIterable<BlobInfo> {
    return this.#storage.list()
  }

  deleteBlob(digest: Digest): Promise<void> {
    return this.#lock.exclusive(() => this.#delete(digest))
  }

  async createLease({
    expiresAt = Date.now() + dayMs,
    transient = false,
  }: { expiresAt?: number; transient?: boolean } = {}): Promise<Lease> {
    const id = randomUUID()
    this.#leases.add(id, { expiresAt, transient })
    return {
      id,
      add: (...digests) => this.#lock.shared(async () => this.#leases.addBlobs(id, digests)),
      [Symbol.asyncDispose]: async () => this.#leases.delete(id),
    }
  }

  async addOrigin(digests: readonly Digest[], repository: string): Promise<void> {
    this.#metadata.addOrigin(digests, repository)
  }

  async listOrigins(digest: Digest): Promise<string[]> {
    return this.#metadata.origins(digest)
  }

  collectGarbage(options: {
    reachable: () => Promise<ReadonlySet<Digest>>
    ingestIdleMs?: number
  }): Promise<{ deleted: Digest[]; freedBytes: number }> {
    return this.#lock.exclusive(async () => {
      const leased = this.#leases.heldDigests()
      // Read after the leases: whoever ends one in between has made its blobs reachable before.
      const reachable = await options.reachable()
      const idleSince = Date.now() - (options.ingestIdleMs ?? dayMs)
      const deleted: Digest[] = []
      let freedBytes = await this.#storage.deleteIdleIngests(idleSince, this.#openRefs)
      for await (const { digest, sizeBytes } of this.#storage.list()) {
        if (reachable.has(digest) || leased.has(digest)) continue
        await this.#delete(digest)
        deleted.push(digest)
        freedBytes += sizeBytes
      }
      this.#logger.debug('content: garbage collected', { blobs: deleted.length, freedBytes })
      return { deleted, freedBytes }
    })
  }

  /** The files need no closing and the database is the caller's. */
  async [Symbol.asyncDispose](): Promise<void> {}

  #publish(digest: Digest, leaseId: string | undefined, publish: () => Promise<void>): Promise<void> {
    return this.#lock.shared(async () => {
      if (leaseId !== undefined) this.#leases.check(leaseId)
      await publish()
      if (leaseId !== undefined) this.#leases.addBlobs(leaseId, [digest])
      await this.#failpoint('content.lease-recorded')
    })
  }

  #leaseExisting(digest: Digest, size: number, leaseId: string | undefined): Promise<boolean> {
    return this.#lock.shared(async () => {
      const found = await this.#storage.find(digest)
      if (found?.sizeBytes !== size) return false
      if (leaseId !== undefined) this.#leases.addBlobs(leaseId, [digest])
      return true
    })
  }

  /** Rows first: an origin that outlives its blob would never be found again. */
  async #delete(digest: Digest): Promise<void> {
    this.#metadata.deleteOrigins(digest)
    await this.#failpoint('content.origins-deleted')
    await this.#storage.delete(digest)
    await this.#failpoint('content.blob-deleted')
  }
}
