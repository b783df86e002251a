import type { Readable } from 'node:stream'
import { digestAlgorithm, digestOf, type Digest } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import type { MetadataStore } from './metadata-store.ts'
import { RegistryError } from './registry-error.ts'
import type { ByteRange, Storage } from './storage.ts'

/** Repositories looked through for one that may be read, when a mount names no source. */
const mountCandidatesMax = 100

/** Blobs as seen through a repository: what a repository does not hold is unknown to it, wherever else it is. */
export class Blobs {
  readonly #storage: Storage
  readonly #metadata: MetadataStore

  constructor(storage: Storage, metadata: MetadataStore) {
    this.#storage = storage
    this.#metadata = metadata
  }

  /** Size of a blob; throws BLOB_UNKNOWN. */
  async getBlob(repository: string, digest: Digest): Promise<{ sizeBytes: number }> {
    const isMember = await this.#metadata.hasBlob(repository, digest)
    const blob = isMember ? await this.#storage.findBlob(digest) : undefined
    if (!blob) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest } })
    return blob
  }

  /** The bytes of a blob that `getBlob` has just found. */
  openBlob(digest: Digest, range?: ByteRange): Promise<Readable> {
    return this.#storage.openBlob(digest, range)
  }

  /** All bytes of a small blob that `getBlob` has just found. */
  readBlob(digest: Digest): Promise<Uint8Array> {
    return this.#storage.readBlob(digest)
  }

  /** Stores bytes in memory; throws DIGEST_INVALID. */
  async putBlob(repository: string, digest: Digest, bytes: Uint8Array): Promise<void> {
    if (digestOf(bytes, digestAlgorithm(digest)) !== digest)
      throw new RegistryError('DIGEST_INVALID', { detail: { digest } })
    await this.#storage.writeBlob(digest, bytes)
    await this.#metadata.addBlob(repository, digest, bytes.length)
  }

  /**
   * Makes a blob of another repository a blob of this one. `from` undefined means any. Only repositories for which
   * `mayRead` says yes count, so a mount never tells that an unreadable repository has a blob. False when none has it.
   */
  async mountBlob(
    repository: string,
    digest: Digest,
    source: { from: string | undefined; mayRead: (repository: string) => boolean },
  ): Promise<boolean> {
    const candidates =
      source.from === undefined
        ? await this.#metadata.listBlobRepositories(digest, mountCandidatesMax)
        : [source.from]
    for (const candidate of candidates.filter(source.mayRead)) {
      try {
        const { sizeBytes } = await this.getBlob(candidate, digest)
        await this.#metadata.addBlob(repository, digest, sizeBytes)
        return true
      } catch (error) {
        if (!isCoded(error, 'not-found')) throw error
      }
    }
    return false
  }

  /** Takes a blob from a repository; throws BLOB_UNKNOWN. */
  async deleteBlob(repository: string, digest: Digest): Promise<void> {
    const isDeleted = await this.#metadata.deleteBlob(repository, digest)
    if (!isDeleted) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest } })
  }
}
