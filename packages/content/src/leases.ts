import type { Digest } from '@berth/oci'
import type { MetadataStore } from './metadata-store.ts'

interface TransientLease {
  expiresAt: number
  digests: Set<Digest>
}

/** Leases that outlive the process, in the database, and those that end with it, in memory. */
export class Leases {
  readonly #metadata: MetadataStore
  readonly #transient = new Map<string, TransientLease>()

  constructor(metadata: MetadataStore) {
    this.#metadata = metadata
  }

  add(id: string, { expiresAt, transient }: { expiresAt: number; transient: boolean }): void {
    if (transient) this.#transient.set(id, { expiresAt, digests: new Set() })
    else this.#metadata.addLease(id, expiresAt)
  }

  delete(id: string): void {
    if (!this.#transient.delete(id)) this.#metadata.deleteLease(id)
  }

  /** Throws `not-found` for a lease that was deleted or has expired. */
  check(id: string): void {
    if (!this.#live(id)) this.#metadata.checkLease(id)
  }

  /** Throws as `check` does. */
  addBlobs(id: string, digests: readonly Digest[]): void {
    const lease = this.#live(id)
    if (!lease) this.#metadata.addToLease(id, digests)
    else for (const digest of digests) lease.digests.add(digest)
  }

  /** What all leases hold; those that have expired end. */
  heldDigests(): Set<Digest> {
    this.#metadata.deleteExpiredLeases()
    const held = this.#metadata.leasedDigests()
    for (const [id, { expiresAt, digests }] of this.#transient) {
      if (expiresAt <= Date.now()) this.#transient.delete(id)
      else for (const digest of digests) held.add(digest)
    }
    return held
  }

  #live(id: string): TransientLease | undefined {
    const lease = this.#transient.get(id)
    return lease && lease.expiresAt > Date.now() ? lease : undefined
  }
}
