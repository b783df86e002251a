import { parseManifest, type Digest } from '@berth/oci'
import type { GarbageStore } from '../metadata/garbage-store.ts'
import { graceMsDefault } from '../metadata/lease.ts'
import { referencesOf } from '../content/manifests.ts'
import type { Storage } from '../storage/storage.ts'

/** An upload that nobody wrote to for so long has been given up. */
const uploadAgeMsMax = 24 * 60 * 60 * 1000
/** Rows looked at in one go. */
const pageMax = 500
/** Content deleted in one transaction: other writers wait for it. */
const batchMax = 20

/** How one collection goes; by default as the hourly one. */
export interface CollectOptions {
  /** Only counts. */
  dryRun?: boolean
  /** How long content that nothing refers to is kept. Shorter than a push takes loses what is being pushed. */
  graceMs?: number
  signal?: AbortSignal
}

/** What one collection freed, or would free. */
export interface GarbageReport {
  deletedBlobs: number
  freedBytes: number
  /** Uploads that were given up. */
  purgedUploads: number
}

/** Frees what nothing refers to while requests go on: `GarbageStore` says why no push can lose by it. */
export class GarbageCollector {
  readonly #storage: Storage
  readonly #store: GarbageStore
  readonly #now: () => number

  constructor(storage: Storage, store: GarbageStore, now: () => number) {
    this.#storage = storage
    this.#store = store
    this.#now = now
  }

  async collect(options: CollectOptions = {}): Promise<GarbageReport> {
    const { dryRun = false, graceMs = graceMsDefault, signal } = options
    const cutoff = this.#now() - graceMs
    await this.#indexManifests(signal)
    if (!dryRun) {
      await this.#adoptStrays(signal)
      await this.#releaseUnreferenced(cutoff, signal)
    }
    return {
      ...(await this.#deleteGarbage(cutoff, { dryRun, signal })),
      purgedUploads: await this.#purgeUploads({ dryRun, signal }),
    }
  }

  /** Databases of before references were kept say nothing of what their manifests need. */
  async #indexManifests(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const manifests = await this.#store.listUnindexed(pageMax)
      for (const { repositoryId, digest } of manifests) {
        signal?.throwIfAborted()
        const bytes = await this.#storage.readBlob(digest)
        await this.#store.index(repositoryId, digest, referencesOf(parseManifest(bytes, undefined)))
      }
      if (manifests.length === 0) return
    }
  }

  async #adoptStrays(signal: AbortSignal | undefined): Promise<void> {
    let page: Digest[] = []
    const adoptPage = async () => {
      for (const digest of await this.#store.findUnknown(page)) {
        const found = await this.#storage.findBlob(digest)
        if (found) await this.#store.adopt({ digest, ...found })
      }
      page = []
    }
    for await (const digest of this.#storage.listBlobs()) {
      signal?.throwIfAborted()
      page.push(digest)
      if (page.length === pageMax) await adoptPage()
    }
    await adoptPage()
  }

  async #releaseUnreferenced(cutoff: number, signal: AbortSignal | undefined): Promise<void> {
    let released = pageMax
    while (released === pageMax) {
      signal?.throwIfAborted()
      released = await this.#store.releaseUnreferenced(cutoff, pageMax)
    }
  }

  async #deleteGarbage(
    cutoff: number,
    { dryRun, signal }: { dryRun: boolean; signal: AbortSignal | undefined },
  ): Promise<Pick<GarbageReport, 'deletedBlobs' | 'freedBytes'>> {
    const report = { deletedBlobs: 0, freedBytes: 0 }
    for (let last = ''; ;) {
      signal?.throwIfAborted()
      const garbage = await this.#store.listGarbage({ cutoff, last, limit: batchMax })
      const digests = garbage.map(({ digest }) => digest)
      const remove = (digest: Digest) => this.#storage.deleteBlob(digest)
      const deleted = dryRun ? garbage : await this.#store.deleteGarbage(digests, cutoff, remove)
      report.deletedBlobs += deleted.length
      for (const { sizeBytes } of deleted) report.freedBytes += sizeBytes
      if (garbage.length < batchMax) return report
      last = digests.at(-1) ?? ''
    }
  }

  async #purgeUploads({
    dryRun,
    signal,
  }: {
    dryRun: boolean
    signal: AbortSignal | undefined
  }): Promise<number> {
    let purged = 0
    for await (const { key, modifiedAt } of this.#storage.listUploads()) {
      signal?.throwIfAborted()
      if (this.#now() - modifiedAt < uploadAgeMsMax) continue
      if (!dryRun) await this.#storage.deleteUpload(key)
      purged++
    }
    if (!dryRun) await this.#storage.purgeFragments?.(this.#now() - uploadAgeMsMax)
    return purged
  }
}
