import { open, type FileHandle } from 'node:fs/promises'
import type { DatabaseSync } from 'node:sqlite'
import { CodedError } from '@berth/stdx'

/**
 * Brings SQLite's log to the disk without SQLite: it would wait there with its lock held and nothing else going on in
 * this process. A commit that is in the log is durable once the log is synced; who asks while a sync is under way shares
 * the next one with all who do.
 */
export class CommitLog implements AsyncDisposable {
  readonly #database: DatabaseSync
  readonly #path: string
  #file: Promise<FileHandle> | undefined
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  /** The kernel tells a failed sync once, and takes what it could not write for written from then on. */
  #isDoubtful = false

  constructor(database: DatabaseSync, path: string) {
    this.#database = database
    this.#path = `${path}-wal`
  }

  /** What was committed before is durable when it returns. */
  sync(): Promise<void> {
    return (this.#next ??= this.#syncNext())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.catch(() => {})
    await (await this.#file)?.close()
  }

  async #syncNext(): Promise<void> {
    await this.#running.catch(() => {})
    this.#next = undefined
    await (this.#running = this.#syncOnce())
  }

  async #syncOnce(): Promise<void> {
    const file = await (this.#file ??= this.#open())
    if (this.#isDoubtful) this.#empty()
    try {
      await file.datasync()
    } catch (error) {
      this.#isDoubtful = true
      throw error
    }
  }

  /** It is there as long as the database is open: once it was, its name stands for the same file. */
  async #open(): Promise<FileHandle> {
    try {
      return await open(this.#path, 'r')
    } catch (error) {
      this.#file = undefined
      throw error
    }
  }

  /** What the log should have is in memory yet, and durable where it belongs when SQLite has moved it there. */
  #empty(): void {
    const result = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    if (result?.['busy'] !== 0)
      throw new CodedError('unavailable', 'Cannot write to database: its log is lost')
    this.#isDoubtful = false
  }
}
