import type { FileHandle } from 'node:fs/promises'

/** Small enough that little is left for the end, large enough that the journal is not what is written. */
const stepBytes = 32 * 1024 * 1024

/**
 * Sends a file that grows to the disk while it grows, so that the fsync at its end waits for the last piece and not for
 * all of it: that takes half of the time of a large layer. One at a time; a slow disk is asked less often.
 */
export class EarlySync {
  readonly #file: FileHandle
  #pendingBytes = 0
  #syncing: Promise<void> | undefined
  /** The kernel tells a failed write-back once. */
  #failure: { error: unknown } | undefined

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** To be told of each write. Throws what an earlier sync met. */
  wrote(bytes: number): void {
    if (this.#failure) throw this.#failure.error
    this.#pendingBytes += bytes
    if (this.#pendingBytes < stepBytes || this.#syncing) return
    this.#pendingBytes = 0
    this.#syncing = this.#sync()
  }

  /** Waits until nothing uses the file any more. Throws what a sync met: then the file is not to be trusted. */
  async settle(): Promise<void> {
    await this.#syncing
    if (this.#failure) throw this.#failure.error
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.datasync()
    } catch (error) {
      this.#failure = { error }
    }
    this.#syncing = undefined
  }
}
