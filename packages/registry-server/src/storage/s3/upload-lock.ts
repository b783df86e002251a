import { randomUUID } from 'node:crypto'
import { CodedError } from '@berth/stdx'
import type { S3Bucket } from './s3-bucket.ts'
import { lockKey, lockMs, readUpload, type UploadState } from './upload-objects.ts'

/** The right to write to one upload, of all processes on the bucket; told anew as long as it is held. */
export class UploadLock implements AsyncDisposable {
  readonly fence: number
  readonly #bucket: S3Bucket
  readonly #key: string
  readonly #timer: NodeJS.Timeout
  #heldUntil: number
  #renewing: Promise<void> = Promise.resolve()

  private constructor(bucket: S3Bucket, lock: { key: string; fence: number; heldUntil: number }) {
    this.#bucket = bucket
    this.#key = lock.key
    this.fence = lock.fence
    this.#heldUntil = lock.heldUntil
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew()
    }, lockMs / 4).unref()
  }

  /**
   * Takes the lock and tells how the upload is from then on. Throws `conflict` while another holds it (two that come at
   * the same moment may both be refused), and `not-found`.
   *
   * Who wants it writes an object that says so, and then looks: of two that do this at once at least the later to look
   * sees the other, since stores list what was written before. No request needs a condition, which stores differ in.
   */
  static async acquire(
    bucket: S3Bucket,
    uploadKey: string,
  ): Promise<{ lock: UploadLock; state: UploadState }> {
    const before = await readUpload(bucket, uploadKey)
    if (before.live.length > 0) throw held()
    const fence = before.lastFence + 1
    const key = lockKey(uploadKey, fence, randomUUID())
    const heldUntil = performance.now() + lockMs
    await bucket.put(key, Buffer.alloc(0))
    const lock = new UploadLock(bucket, { key, fence, heldUntil })
    try {
      const state = await readUpload(bucket, uploadKey)
      if (state.live.some((other) => other !== key)) throw held()
      return { lock, state }
    } catch (error) {
      await lock[Symbol.asyncDispose]()
      throw error
    }
  }

  /** To be called once something is written and before it is said to be: nobody else can have been let in until then. */
  expectHeld(): void {
    if (performance.now() < this.#heldUntil) return
    throw new CodedError(
      'unavailable',
      'Cannot write to upload: the object store was too slow to hold its lock',
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#renewing
    await this.#bucket.delete(this.#key)
  }

  async #renew(): Promise<void> {
    const heldUntil = performance.now() + lockMs
    try {
      await this.#bucket.put(this.#key, Buffer.alloc(0))
      // What was over, be it because this process stood still, stays so: another may have been let in.
      if (performance.now() < this.#heldUntil) this.#heldUntil = heldUntil
    } catch {
      // Tried again soon; should it fail until the lock is over, the next write says so.
    }
  }
}

function held(): CodedError {
  return new CodedError('conflict', 'Cannot write to upload: somebody else does')
}
