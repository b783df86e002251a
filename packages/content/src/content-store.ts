import type { Descriptor, Digest } from '@berth/oci'

/**
 * Blobs by digest. A blob is immutable and is there whole or not at all; it is kept as it came (compressed), so that
 * push, save and repair need no network.
 *
 * Terms. *Ingest*: a write that is not committed yet; it has a `ref` (any text), survives the process and can be gone on
 * with. *Lease*: keeps blobs from garbage collection while somebody works with them. *Root*: a digest that a tag, a
 * container or anything else outside the store holds.
 */
export interface ContentStore extends AsyncDisposable {
  /** Size of a blob in bytes, or undefined when the store lacks it. */
  findBlob(digest: Digest): Promise<BlobInfo | undefined>
  /** The bytes from `start` (inclusive, default 0) on. Throws `not-found` before the first byte. */
  readBlob(digest: Digest, options?: { start?: number; signal?: AbortSignal }): AsyncIterable<Uint8Array>
  /** All of a small blob (a manifest, a config); throws `invalid-argument` above `limitBytes` (default 16 MiB). */
  readWhole(digest: Digest, limitBytes?: number): Promise<Uint8Array>
  /** Path of the blob's file, for readers on other threads, or undefined for a store that has no files. */
  blobPath(digest: Digest): string | undefined
  /**
   * Opens the ingest `ref`, with the bytes that an earlier one left. One writer a ref: a second gets `conflict`. Nobody goes on
   * with a `transient` one: it leaves nothing when it is disposed, and what a process that was killed left of it, the next store
   * that opens here deletes.
   */
  openIngest(ref: string, options?: { leaseId?: string; transient?: boolean }): Promise<Ingest>
  /** One call for a blob in memory. Already there is success. */
  writeBlob(bytes: Uint8Array, descriptor: ContentId, options?: { leaseId?: string }): Promise<void>
  /** Every blob, in no order. */
  listBlobs(): AsyncIterable<BlobInfo>
  deleteBlob(digest: Digest): Promise<void>

  /**
   * A lease ends when deleted or at `expiresAt` (milliseconds since the epoch; default: in 24 hours); a `transient` one also
   * with the process, and costs the disk nothing: for work that nobody goes on with.
   */
  createLease(options?: { expiresAt?: number; transient?: boolean }): Promise<Lease>

  /** Remembers that a repository (`registry/repository`) holds blobs, for cross-repository mounts. */
  addOrigin(digests: readonly Digest[], repository: string): Promise<void>
  listOrigins(digest: Digest): Promise<string[]>

  /**
   * Deletes every blob that is neither in `reachable` nor held by a live lease, and ingests idle for longer than
   * `ingestIdleMs` (default 24 h). `reachable` is read under a lock that holds off commits and leases, so it
   * must not wait for one. Returns what was freed.
   */
  collectGarbage(options: {
    reachable: () => Promise<ReadonlySet<Digest>>
    ingestIdleMs?: number
  }): Promise<{ deleted: Digest[]; freedBytes: number }>
}

/** What content is known and checked by. */
export type ContentId = Pick<Descriptor, 'digest' | 'size'>

export interface BlobInfo {
  digest: Digest
  sizeBytes: number
}

/** A write in progress, of one writer, who awaits each call. Disposing closes it; a full disk is `no-space`. */
export interface Ingest extends AsyncDisposable {
  /** Bytes written so far: where a resumed download goes on. */
  readonly offset: number
  /** Path of the growing file, for readers that follow it, or undefined for a store without files. */
  readonly path: string | undefined
  write(chunk: Uint8Array): Promise<void>
  /** Throws away what was written, for a server that cannot resume. */
  truncate(): Promise<void>
  /**
   * Checks size and digest, then makes the blob durable (fsync, rename, fsync of the directory) and adds it to the
   * lease. Throws `data-loss` on a mismatch and deletes the bytes. A blob that is there already is success.
   * Without a descriptor the bytes are taken as they are. Returns what the blob is known by.
   * Disposing without commit keeps the bytes for the next `openIngest` of the same ref.
   */
  commit(descriptor?: ContentId): Promise<ContentId>
}

/** Keeps blobs from garbage collection until it is disposed, which deletes it, or expires. */
export interface Lease extends AsyncDisposable {
  readonly id: string
  /** Also before the blobs are there: what is added first and then found stays. Throws `not-found` once the lease has ended. */
  add(...digests: Digest[]): Promise<void>
}
