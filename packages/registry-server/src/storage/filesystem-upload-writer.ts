import type { FileHandle } from 'node:fs/promises'
import type { Digest } from '@berth/oci'
import { CodedError, releaseMemory } from '@berth/stdx'
import type { UploadWriter } from './storage.ts'

/** Bytes of one upload that wait for the disk; who sends more waits too. */
const waitingBytesMax = 1024 * 1024

/** The disk begins with what it has before all of it is there, so that the end does not wait for everything. */
const syncEveryBytes = 16 * 1024 * 1024

/** What an upload is before it is written to. */
interface FoundUpload {
  sizeBytes: number
  /** Its file is a blob's already. */
  isCommitted: boolean
}

/** What the storage does with an upload whose bytes are in its file. */
export interface UploadEnding {
  commit(digest: Digest): Promise<void>
  delete(): Promise<void>
  close(): Promise<void>
}

/**
 * Appends to a file. What comes while one write is under way goes out with the next, so that it is the disk that says how
 * large they are, and neither who sends nor who hashes waits for each.
 */
export class FilesystemUploadWriter implements UploadWriter {
  readonly #file: FileHandle
  readonly #ending: UploadEnding
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #sizeBytes: number
  #isCommitted: boolean
  #isWriting = false
  #written: Promise<void> = Promise.resolve()
  #isFailureTold = false
  #syncedBytes: number
  #synced: Promise<void> = Promise.resolve()

  constructor(file: FileHandle, { sizeBytes, isCommitted, ...ending }: FoundUpload & UploadEnding) {
    this.#file = file
    this.#isCommitted = isCommitted
    this.#sizeBytes = sizeBytes
    this.#syncedBytes = sizeBytes
    this.#ending = ending
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#isCommitted) throw new CodedError('not-found', 'Cannot write to upload: it is a blob')
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    this.#sizeBytes += chunk.length
    if (!this.#isWriting) this.#startWriting()
    if (this.#waitingBytes >= waitingBytesMax) await this.flush()
  }

  flush(): Promise<void> {
    return this.#tell(this.#written)
  }

  async commit(digest: Digest): Promise<void> {
    await this.#settle()
    // What was one file is two names of it now.
    this.#isCommitted = true
    await this.#ending.commit(digest)
  }

  delete(): Promise<void> {
    return this.#ending.delete()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#isFailureTold) await this.#settle()
    } finally {
      await Promise.allSettled([this.#written, this.#synced])
      await this.#ending.close()
    }
  }

  /** The kernel tells one descriptor once that bytes did not reach the disk, so each sync must be heard. */
  async #settle(): Promise<void> {
    await this.flush()
    await this.#tell(this.#synced)
  }

  async #tell(done: Promise<void>): Promise<void> {
    try {
      await done
    } catch (error) {
      this.#isFailureTold = true
      throw error
    }
  }

  #startWriting(): void {
    this.#isWriting = true
    this.#written = this.#writeWaiting()
    // Told by the next flush.
    this.#written.catch(() => {})
  }

  /** After a failure nothing more is written: what is in the file stays without gaps. */
  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const chunks = this.#waiting
      const position = this.#sizeBytes - this.#waitingBytes
      this.#waiting = []
      this.#waitingBytes = 0
      await writeAll(this.#file, chunks, position)
      chunks.forEach(releaseMemory)
      if (position - this.#syncedBytes >= syncEveryBytes) this.#startSync(position)
    }
    this.#isWriting = false
  }

  #startSync(position: number): void {
    this.#syncedBytes = position
    this.#synced = this.#synced.then(() => this.#file.datasync())
    this.#synced.catch(() => {})
  }
}

async function writeAll(file: FileHandle, chunks: readonly Uint8Array[], position: number): Promise<void> {
  const { bytesWritten } = await file.writev(chunks, position)
  const bytes = chunks.reduce((total, { length }) => total + length, 0)
  if (bytesWritten === bytes) return
  // A disk that is almost full takes a part; the next write says why.
  const rest = Buffer.concat(chunks).subarray(bytesWritten)
  await writeAll(file, [rest], position + bytesWritten)
}
