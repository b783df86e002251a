import { digestAlgorithm, Digester, type Digest } from '@berth/oci'
import { isCoded, systemCode, type Logger } from '@berth/stdx'
import type { GarbageStore } from '../metadata/garbage-store.ts'
import { Pace } from '../pace.ts'
import type { Storage } from '../storage/storage.ts'

const dayMs = 24 * 60 * 60 * 1000
const maxAgeMsDefault = 30 * dayMs
const bytesPerSecondDefault = 10 * 1024 * 1024
const pageMax = 100

/** How far back and how fast a scrub reads. */
export interface ScrubOptions {
  /** Content checked less long ago is passed over (default 30 days). */
  maxAgeMs?: number
  /** Read at most so much, on average (default 10 MiB). */
  bytesPerSecond?: number
  signal?: AbortSignal
}

/** What one scrub read and found. */
export interface ScrubReport {
  checkedBlobs: number
  checkedBytes: number
  /** What was broken or gone. */
  lost: Digest[]
}

export interface ScrubberOptions {
  storage: Storage
  store: GarbageStore
  now: () => number
  logger: Logger
}

interface Reading {
  /** Content checked since then was pushed meanwhile. */
  before: number
  pace: Pace
  signal: AbortSignal | undefined
}

/** Reads stored content again and again over the weeks, so that a bad disk is noticed before the content is needed. */
export class Scrubber {
  readonly #storage: Storage
  readonly #store: GarbageStore
  readonly #now: () => number
  readonly #logger: Logger

  constructor({ storage, store, now, logger }: ScrubberOptions) {
    this.#storage = storage
    this.#store = store
    this.#now = now
    this.#logger = logger
  }

  async scrub(options: ScrubOptions = {}): Promise<ScrubReport> {
    const { maxAgeMs = maxAgeMsDefault, bytesPerSecond = bytesPerSecondDefault, signal } = options
    const before = this.#now() - maxAgeMs
    const report: ScrubReport = { checkedBlobs: 0, checkedBytes: 0, lost: [] }
    const pace = new Pace(bytesPerSecond)
    for (;;) {
      const page = await this.#store.listUnchecked(before, pageMax)
      for (const { digest, sizeBytes } of page) {
        signal?.throwIfAborted()
        if (!(await this.#check(digest, { before, pace, signal }))) report.lost.push(digest)
        report.checkedBlobs++
        report.checkedBytes += sizeBytes
      }
      if (page.length < pageMax) return report
    }
  }

  async #check(digest: Digest, reading: Reading): Promise<boolean> {
    const state = await this.#read(digest, reading)
    // A page takes long: what is not there may have been let go meanwhile, or be there again.
    if (state === 'gone' && !(await this.#store.setGone(digest, reading.before))) return true
    if (state !== 'sound') this.#logger.error('stored content is broken', { digest })
    if (state === 'broken') await this.#storage.quarantineBlob(digest)
    if (state !== 'gone') await this.#store.setChecked(digest, state === 'sound')
    return state === 'sound'
  }

  async #read(digest: Digest, { pace, signal }: Reading): Promise<'sound' | 'broken' | 'gone'> {
    try {
      const digester = new Digester(digestAlgorithm(digest))
      for await (const chunk of await this.#storage.openBlob(digest)) {
        digester.update(chunk as Uint8Array)
        await pace.spend((chunk as Uint8Array).length, signal)
      }
      return digester.digest() === digest ? 'sound' : 'broken'
    } catch (error) {
      if (isCoded(error, 'not-found')) return 'gone'
      if (systemCode(error) === 'EIO') return 'broken'
      throw error
    }
  }
}
