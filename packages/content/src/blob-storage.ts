import type { Digest } from '@berth/oci'
import type { BlobInfo } from './content-store.ts'

/**
 * Where the bytes of a content store are. It knows nothing of leases and verifies nothing: `LeasedContentStore` calls
 * it in the right order and keeps a collection from running beside a commit.
 */
export interface BlobStorage {
  find(digest: Digest): Promise<BlobInfo | undefined>
  /** Throws `not-found` before the first byte, `invalid-argument` when `start` lies behind the end. */
  read(digest: Digest, start: number, signal?: AbortSignal): AsyncIterable<Uint8Array>
  path(digest: Digest): string | undefined
  list(): AsyncIterable<BlobInfo>
  /** Missing is success. */
  delete(digest: Digest): Promise<void>
  openIngest(ref: string, options: { transient: boolean }): Promise<IngestData>
  /** Deletes ingests that nobody wrote to since `idleSince` (milliseconds since the epoch), but for `openRefs`; returns the bytes freed. */
  deleteIdleIngests(idleSince: number, openRefs: ReadonlySet<string>): Promise<number>
}

/** The growing bytes of one ingest; one writer. */
export interface IngestData {
  readonly sizeBytes: number
  readonly path: string | undefined
  read(): AsyncIterable<Uint8Array>
  append(chunk: Uint8Array): Promise<void>
  clear(): Promise<void>
  /** Makes the bytes durable. */
  sync(): Promise<void>
  /** Makes the bytes the blob `digest`, durably, in place of one that is there. The ingest's bytes are gone from it then. */
  publish(digest: Digest): Promise<void>
  /** Lets go of the ingest; a transient one, and one without bytes, leaves nothing. Idempotent. */
  close(): Promise<void>
}
