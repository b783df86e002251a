import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync } from 'node:fs'
import { lstat, opendir, rename, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, systemCode, type Logger } from '@berth/stdx'
import type { SnapshotFailpoint } from './failpoint.ts'

/**
 * ext4 walks all inodes that were freed in the last minute whenever it makes a new one, so a tree that is deleted at
 * full speed slows the next pull down by a factor of four. This is some 5,000 entries a second.
 */
const entriesPerBurst = 100
const pauseMs = 20

/**
 * Takes directories out of the way at once and deletes them later and slowly. Names in it are bytes, trees of any depth:
 * containers made them. A process that starts goes on where the last one ended.
 */
export class Trash implements AsyncDisposable {
  readonly #directory: string
  readonly #logger: Logger
  readonly #failpoint: SnapshotFailpoint
  readonly #stop = new AbortController()
  #deleting: Promise<void> | undefined
  #again = false
  #entries = 0

  constructor(directory: string, { logger, failpoint }: { logger: Logger; failpoint: SnapshotFailpoint }) {
    this.#directory = directory
    this.#logger = logger
    this.#failpoint = failpoint
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  }

  /** Renames `path`, on the same file system, into the trash; returns at once. Missing is success. */
  discard(path: string): void {
    try {
      renameSync(path, join(this.#directory, randomUUID()))
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
    }
    this.empty()
  }

  /** Begins to delete what is there, unless that is under way. */
  empty(): void {
    this.#again = true
    this.#deleting ??= this.#run().finally(() => (this.#deleting = undefined))
  }

  /** Resolves when nothing is being deleted any more. */
  async idle(): Promise<void> {
    await this.#deleting
  }

  /** Stops deleting; what is left stays for the next process. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#deleting
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stop.signal.aborted) {
      this.#again = false
      await this.#tolerating(async () => {
        for await (const { name } of await opendir(this.#directory))
          await this.#tolerating(() => this.#delete(name))
      })
    }
  }

  /** One thing that cannot be deleted does not keep the rest. */
  async #tolerating(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (this.#stop.signal.aborted || systemCode(error) === 'ENOENT') return
      this.#logger.warn('snapshot: cannot delete what was removed', { error: messageOf(error) })
    }
  }

  async #delete(name: string): Promise<void> {
    const path = join(this.#directory, name)
    if ((await lstat(path)).isDirectory()) {
      await this.#deleteEntries(path)
      await rmdir(path)
    } else await unlink(path)
    await this.#failpoint('snapshot.trash-deleted')
    await this.#pace()
  }

  /** Directories are moved up, not walked into: no path gets longer than the kernel takes. */
  async #deleteEntries(directory: string): Promise<void> {
    const prefix = Buffer.from(`${directory}/`)
    // The types know names as text only, also with this encoding.
    const entries = await opendir(directory, { encoding: 'buffer' as BufferEncoding })
    for await (const entry of entries) {
      const path = Buffer.concat([prefix, entry.name as unknown as Uint8Array])
      if (entry.isDirectory()) {
        await rename(path, join(this.#directory, randomUUID()))
        this.#again = true
      } else await unlink(path)
      await this.#pace()
    }
  }

  async #pace(): Promise<void> {
    this.#stop.signal.throwIfAborted()
    this.#entries++
    if (this.#entries % entriesPerBurst === 0) {
      await sleep(pauseMs, undefined, { signal: this.#stop.signal, ref: false })
    }
  }
}
