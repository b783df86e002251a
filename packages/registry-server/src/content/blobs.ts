import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { digestAlgorithm, digestOf, type Digest } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { BlobRecord, BlobStore } from '../metadata/blob-store.ts'
import { RegistryError } from '../registry-error.ts'
import { expectStored, openStoredFile, type ByteRange, type Storage } from '../storage/storage.ts'

/** Repositories looked through for one that may be read, when a mount names no source. */
const mountCandidatesMax = 100

/** Blobs as seen through a repository: what a repository does not hold is unknown to it, wherever else it is. */
export class Blobs {
  readonly #storage: Storage
  readonly #store: BlobStore

  constructor(storage: Storage, store: BlobStore) {
    this.#storage = storage
    this.#store = store
  }

  /** Size of a blob; throws BLOB_UNKNOWN. */
  async getBlob(repository: string, digest: Digest): Promise<BlobRecord> {
    return known(digest, await this.#store.findBlob(repository, digest))
  }

  /** As `getBlob`, for who goes on to rely on the blob: collection leaves it alone for an hour. */
  async leaseBlob(repository: string, digest: Digest): Promise<BlobRecord> {
    return known(digest, await this.#store.leaseBlob(repository, digest))
  }

  /** The bytes of a blob that `getBlob` has just found. */
  openBlob(digest: Digest, range?: ByteRange): Promise<Readable> {
    return expectStored(this.#storage.openBlob(digest, range))
  }

  /** The file of a blob that `getBlob` has just found, if it is one of its own. The caller closes it. */
  openBlobFile(digest: Digest): Promise<FileHandle | undefined> {
    return openStoredFile(this.#storage, digest)
  }

  /** Where clients are to read a blob that `getBlob` has just found, if not from here. */
  async presignBlob(digest: Digest): Promise<URL | undefined> {
    const { presignBlob } = this.#storage
    if (!presignBlob) return undefined
    // A store that has lost it, or is gone, would tell the client so in words of its own.
    if (await this.#storage.findBlob(digest)) return presignBlob(digest)
    throw new CodedError('unavailable', 'content is not in the storage')
  }

  /** All bytes of a small blob that `getBlob` has just found. */
  readBlob(digest: Digest): Promise<Uint8Array> {
    return expectStored(this.#storage.readBlob(digest))
  }

  /** Stores bytes in memory; throws DIGEST_INVALID. */
  async putBlob(repository: string, digest: Digest, bytes: Uint8Array): Promise<void> {
    if (digestOf(bytes, digestAlgorithm(digest)) !== digest)
      throw new RegistryError('DIGEST_INVALID', { detail: { digest } })
    await this.#store.leaseContent(digest)
    await this.#storage.writeBlob(digest, bytes)
    await this.#store.addBlob(repository, digest, bytes.length)
  }

  /**
   * Makes a blob of another repository a blob of this one. `from` undefined means any. Only repositories for which
   * `mayRead` says yes count, so a mount never tells that an unreadable repository has a blob. False when none has it.
   */
  async mountBlob(
    repository: string,
    digest: Digest,
    source: { from: string | undefined; mayRead: (repository: string) => boolean | Promise<boolean> },
  ): Promise<boolean> {
    const candidates =
      source.from === undefined
        ? await this.#store.listBlobRepositories(digest, mountCandidatesMax)
        : [source.from]
    for (const candidate of candidates) {
      if (!(await source.mayRead(candidate))) continue
      if (await this.#store.mountBlob(repository, digest, candidate)) return true
    }
    return false
  }

  /** Takes a blob from a repository; throws BLOB_UNKNOWN. */
  async deleteBlob(repository: string, digest: Digest): Promise<void> {
    const isDeleted = await this.#store.deleteBlob(repository, digest)
    if (!isDeleted) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest } })
  }
}

function known(digest: Digest, blob: BlobRecord | undefined): BlobRecord {
  if (blob) return blob
  throw new RegistryError('BLOB_UNKNOWN', { detail: { digest } })
}
