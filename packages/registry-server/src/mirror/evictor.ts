import { matchesGlob } from 'node:path'
import type { Digest } from '@berth/oci'
import type { Logger } from '@berth/stdx'
import type { GarbageStore } from '../metadata/garbage-store.ts'
import type { Storage } from '../storage/storage.ts'
import type { MirrorStore } from './mirror-store.ts'

/** Content that came or was counted on in the last moments may be on its way into another repository. */
const graceMs = 2 * 60 * 1000
const batchMax = 20

export interface EvictorOptions {
  storage: Storage
  store: MirrorStore
  garbage: GarbageStore
  namespaces: readonly string[]
  limitBytes: number
  /** Repositories whose blobs stay, as patterns with `*`. */
  pins: readonly string[]
  now: () => number
  logger: Logger
}

/** Keeps the blobs of mirrored repositories below a limit: those used longest ago go first, pinned ones never. */
export class Evictor {
  readonly #options: EvictorOptions
  #running: Promise<void> | undefined
  /** Asked for since the running one began: it may have looked already. */
  #isWantedAgain = false

  constructor(options: EvictorOptions) {
    this.#options = options
  }

  /** Evicts in the background; again while it runs is fine. */
  schedule(): void {
    this.#isWantedAgain = true
    this.#running ??= this.#evictAsWanted()
  }

  async evict(): Promise<void> {
    const { store, namespaces, limitBytes } = this.#options
    for (let pinned = 0; ;) {
      if ((await store.getCachedBytes(namespaces)) <= limitBytes) return
      const oldest = await store.listLeastUsed(namespaces, { offset: pinned, limit: batchMax })
      if (oldest.length === 0) return
      const evictable = oldest.filter(({ repository }) => !this.#isPinned(repository))
      pinned += oldest.length - evictable.length
      await this.#evictWhileOver(evictable)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running
  }

  async #evictAsWanted(): Promise<void> {
    while (this.#isWantedAgain) {
      this.#isWantedAgain = false
      await this.evict().catch((error: unknown) => this.#options.logger.error('eviction failed', { error }))
    }
    this.#running = undefined
  }

  async #evictWhileOver(blobs: Awaited<ReturnType<MirrorStore['listLeastUsed']>>): Promise<void> {
    const { store, namespaces, limitBytes, logger } = this.#options
    const evicted: Digest[] = []
    for (const blob of blobs) {
      if ((await store.getCachedBytes(namespaces)) <= limitBytes) break
      await store.evict(blob)
      evicted.push(blob.digest)
      logger.debug('evicted', { repository: blob.repository, digest: blob.digest })
    }
    if (evicted.length > 0) await this.#free(evicted)
  }

  /** What another repository holds stays; what came a moment ago goes with the next collection. */
  async #free(digests: readonly Digest[]): Promise<void> {
    const { storage, garbage, now } = this.#options
    await garbage.deleteGarbage(digests, now() - graceMs, (digest) => storage.deleteBlob(digest))
  }

  #isPinned(repository: string): boolean {
    return this.#options.pins.some((pattern) => matchesGlob(repository, pattern))
  }
}
