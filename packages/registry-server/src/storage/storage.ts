import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Digest } from '@berth/oci'
import { CodedError, isCoded } from '@berth/stdx'

/**
 * Where a registry keeps bytes: blobs by digest, and uploads that are not blobs yet. It knows neither repositories nor
 * who may read: that is metadata. Every implementation passes `testStorage`.
 *
 * An upload is named by a key that its caller makes (`[A-Za-z0-9._-]`, unguessable, unique). It survives the process:
 * its bytes so far are all its state.
 */
export interface Storage {
  /** Size of a blob, or undefined when it is not there. */
  findBlob(digest: Digest): Promise<{ sizeBytes: number } | undefined>
  /** Opens a blob, or the inclusive range of it. Throws `not-found` before the first byte. */
  openBlob(digest: Digest, range?: ByteRange): Promise<Readable>
  /** Opens a blob that is a file of its own, where blobs are that. Throws `not-found`. The caller closes it. */
  openBlobFile?(digest: Digest): Promise<FileHandle>
  /** All of a small blob. Throws `not-found`. */
  readBlob(digest: Digest): Promise<Uint8Array>
  /** Makes bytes, whose digest the caller has checked, a blob; durable when it returns. Already there is success. */
  writeBlob(digest: Digest, bytes: Uint8Array): Promise<void>

  /** Deletes a blob; who reads it now reads on. Not there is success. */
  deleteBlob(digest: Digest): Promise<void>
  /** Puts a blob's bytes aside for people to look at; it is not there any more. Not there is success. */
  quarantineBlob(digest: Digest): Promise<void>
  /** Every blob, in any order. */
  listBlobs(): AsyncIterable<Digest>

  /** Throws `already-exists` where the store can tell. */
  createUpload(key: string): Promise<void>
  /** Bytes that an upload has, or undefined when there is no such upload. */
  findUpload(key: string): Promise<{ sizeBytes: number } | undefined>
  /** Opens what an upload has, or the inclusive range of it. Throws `not-found` before the first byte. */
  openUpload(key: string, range?: ByteRange): Promise<Readable>
  /** Appends to an upload. One writer at a time, of all processes: throws `conflict` for a second, and `not-found`. */
  appendUpload(key: string): Promise<UploadWriter>
  /** Ends an upload. Not there is success. */
  deleteUpload(key: string): Promise<void>
  /** Every upload that has not ended, with the time of its last byte in milliseconds since the epoch. */
  listUploads(): AsyncIterable<{ key: string; modifiedAt: number }>

  /** Frees what processes that ended half-way left besides blobs and uploads, as far as it is from before `before`. */
  purgeFragments?(before: number): Promise<void>
  /** An address from which anybody may read a blob for some minutes, ranges too; undefined when clients are not to. */
  presignBlob?: ((digest: Digest) => Promise<URL>) | undefined
}

/** First and last byte, both inclusive, as in HTTP. */
export interface ByteRange {
  start: number
  end: number
}

/** Disposing it flushes, and lets the next writer come. */
export interface UploadWriter extends AsyncDisposable {
  /** Bytes that the upload has, all that was written included. */
  readonly sizeBytes: number
  /** The chunk's memory is the writer's from then on: it may be freed as soon as it is written. */
  write(chunk: Uint8Array): Promise<void>
  /** When it returns, what was written is there for readers, and for the next writer. */
  flush(): Promise<void>
  /**
   * Makes what the upload has the blob `digest`, which the caller has checked; durable when it returns. Already there is
   * success. Throws `not-found` when the upload was ended meanwhile. The upload stays, so that who dies before the blob is
   * in the tables can be asked again: nothing more is written to it, and `delete` ends it.
   */
  commit(digest: Digest): Promise<void>
  /** Ends the upload. */
  delete(): Promise<void>
}

/**
 * For reading what the tables say is there: a storage that says otherwise is at fault, or gone, and must not make the
 * client believe that the content does not exist. Throws `unavailable`.
 */
export async function expectStored<T>(content: Promise<T>): Promise<T> {
  try {
    return await content
  } catch (error) {
    if (!isCoded(error, 'not-found')) throw error
    throw new CodedError('unavailable', 'content is not in the storage', { cause: error })
  }
}

/** As `expectStored` for the file of a blob; undefined from a storage whose blobs are no files. */
export async function openStoredFile(storage: Storage, digest: Digest): Promise<FileHandle | undefined> {
  const opened = storage.openBlobFile?.(digest)
  return opened && expectStored(opened)
}
