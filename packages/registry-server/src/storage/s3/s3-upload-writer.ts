import type { UploadWriter } from '../storage.ts'
import type { Digest } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { S3Bucket } from './s3-bucket.ts'
import { UploadLock } from './upload-lock.ts'
import { partKey, uploadDirectory, type UploadPart, type UploadState } from './upload-objects.ts'

/** Two parts of this size are in memory for each upload: one that fills and one that is being sent. */
const partBytes = 8 * 1024 * 1024
/** Beyond this parts are larger, since an object has at most so many. */
const largePartsFrom = 1000 * partBytes
const largePartBytes = 64 * 1024 * 1024
const partsMax = 10_000
/** When nothing has come for so long, what has come is written: its sender may be gone, and so may this process soon. */
const idleMs = 300

export interface S3UploadWriterOptions {
  bucket: S3Bucket
  uploadKey: string
  /** Where the blob of a digest goes. */
  blobKey: (digest: Digest) => string
}

/** Throws `conflict` and `not-found`. */
export async function openS3UploadWriter(options: S3UploadWriterOptions): Promise<UploadWriter> {
  const { lock, state } = await UploadLock.acquire(options.bucket, options.uploadKey)
  return new S3UploadWriter(options, lock, state)
}

/**
 * Cuts what comes into parts, each an object of its own until the upload becomes a blob. What does not fill a part is
 * written as a short one, which the next writer reads back and replaces by a longer one of the same offset.
 */
class S3UploadWriter implements UploadWriter {
  readonly #options: S3UploadWriterOptions
  readonly #lock: UploadLock
  /** Full ones, sent or being sent. */
  readonly #parts: UploadPart[]
  /** The short one at the end, as it is in the store. */
  #stored: UploadPart | undefined
  /** What comes after the full parts. Undefined until it is needed: then `#stored` is all of it. */
  #tail: Uint8Array[] | undefined
  #tailBytes: number
  #isDirty = false
  #sending: Promise<void> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #isOver = false

  constructor(options: S3UploadWriterOptions, lock: UploadLock, state: UploadState) {
    this.#options = options
    this.#lock = lock
    this.#parts = [...state.parts]
    const last = this.#parts.at(-1)
    if (last && last.sizeBytes < partBytesAt(last.offset)) this.#stored = this.#parts.pop()
    if (!this.#stored) this.#tail = []
    this.#tailBytes = this.#stored?.sizeBytes ?? 0
    // A writer that lost its lock may yet write: its short part must not be what the blob is made of.
    this.#isDirty = state.expired.length > 0 && this.#stored !== undefined
  }

  get sizeBytes(): number {
    return this.#tailOffset + this.#tailBytes
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#stopIdling()
    for (let rest = chunk; rest.length > 0;) {
      const tail = await this.#loadTail()
      const taken = rest.subarray(0, partBytesAt(this.#tailOffset) - this.#tailBytes)
      rest = rest.subarray(taken.length)
      tail.push(taken)
      this.#tailBytes += taken.length
      this.#isDirty = true
      if (this.#tailBytes === partBytesAt(this.#tailOffset)) await this.#sendFullPart()
    }
    this.#idle = setTimeout(() => {
      // Who flushes next finds out.
      this.#flushing = this.#flush().catch(() => {})
    }, idleMs).unref()
  }

  async flush(): Promise<void> {
    await this.#stopIdling()
    await this.#flush()
  }

  async commit(digest: Digest): Promise<void> {
    await this.#stopIdling()
    const { bucket, blobKey } = this.#options
    const target = blobKey(digest)
    if (!(await bucket.find(target))) await this.#writeBlob(target)
  }

  async delete(): Promise<void> {
    this.#isOver = true
    await this.#stopIdling()
    await this.#sending.catch(() => {})
    try {
      await deleteUploadObjects(this.#options.bucket, this.#options.uploadKey)
    } finally {
      await this.#lock[Symbol.asyncDispose]()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    try {
      await this.flush()
    } finally {
      await this.#lock[Symbol.asyncDispose]()
    }
  }

  async #stopIdling(): Promise<void> {
    clearTimeout(this.#idle)
    await this.#flushing
  }

  async #flush(): Promise<void> {
    await this.#sending
    if (this.#isDirty && this.#tailBytes > 0) {
      const part = this.#nextPart()
      await this.#options.bucket.put(part.key, Buffer.concat(await this.#loadTail()))
      this.#stored = part
    }
    this.#isDirty = false
    this.#lock.expectHeld()
  }

  get #tailOffset(): number {
    const last = this.#parts.at(-1)
    return last ? last.offset + last.sizeBytes : 0
  }

  async #writeBlob(target: string): Promise<void> {
    const { bucket } = this.#options
    if (this.#parts.length === 0 && this.#tail) return bucket.put(target, Buffer.concat(this.#tail))
    await this.flush()
    const parts = this.#stored ? [...this.#parts, this.#stored] : this.#parts
    const [first] = parts
    if (first && parts.length === 1) await bucket.copy(first.key, target, first.sizeBytes)
    else await bucket.join(parts, target)
  }

  /** One part is sent while the next fills. */
  async #sendFullPart(): Promise<void> {
    if (this.#parts.length === partsMax - 1)
      throw new CodedError('invalid-argument', 'Cannot write to upload: it is larger than an object can be')
    const part = this.#nextPart()
    const bytes = Buffer.concat(this.#tail ?? [])
    await this.#sending
    this.#sending = this.#options.bucket.put(part.key, bytes).then(() => this.#lock.expectHeld())
    // Whoever goes on finds out.
    this.#sending.catch(() => {})
    this.#parts.push(part)
    this.#tail = []
    this.#tailBytes = 0
    this.#stored = undefined
    this.#isDirty = false
  }

  #nextPart(): UploadPart {
    const { fence } = this.#lock
    const offset = this.#tailOffset
    return { key: partKey(this.#options.uploadKey, offset, fence), offset, sizeBytes: this.#tailBytes, fence }
  }

  async #loadTail(): Promise<Uint8Array[]> {
    if (!this.#tail) {
      const bytes = this.#stored ? await this.#options.bucket.read(this.#stored.key) : Buffer.alloc(0)
      this.#tail = [bytes]
      this.#tailBytes = bytes.length
    }
    return this.#tail
  }
}

/** Not there is success. */
export async function deleteUploadObjects(bucket: S3Bucket, uploadKey: string): Promise<void> {
  const objects = await Array.fromAsync(bucket.list(uploadDirectory(uploadKey)))
  await bucket.deleteAll(objects.map(({ key }) => key))
}

function partBytesAt(offset: number): number {
  return offset < largePartsFrom ? partBytes : largePartBytes
}
