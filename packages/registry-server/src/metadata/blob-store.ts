import type { Digest } from '@berth/oci'
import type { Kysely } from 'kysely'
import { mustRenew } from './lease.ts'
import type { MetadataDatabase } from './metadata-database.ts'
import type { MetadataSchema } from './metadata-schema.ts'
import { Policies } from '../policies.ts'
import { expectRoom, type Quota } from './quota.ts'
import { findRepositoryId, lockRepository, makeRepository } from './repository-store.ts'

export interface BlobRecord {
  sizeBytes: number
  leasedAt: number
}

/** Which repositories hold which blobs, and until when collection leaves what nothing refers to alone. */
export class BlobStore {
  readonly #kind: MetadataDatabase['kind']
  readonly #db: MetadataDatabase['db']
  readonly #writes: MetadataDatabase['writes']
  readonly #now: MetadataDatabase['now']
  readonly #policies: Policies

  constructor({ kind, db, writes, now }: MetadataDatabase, policies = new Policies()) {
    this.#policies = policies
    this.#kind = kind
    this.#db = db
    this.#writes = writes
    this.#now = now
  }

  /** A blob that a repository holds and the storage has not lost. */
  async findBlob(repository: string, digest: Digest): Promise<BlobRecord | undefined> {
    const row = await this.#db
      .selectFrom('repositories')
      .innerJoin('repository_blobs', 'repository_blobs.repository_id', 'repositories.id')
      .innerJoin('blobs', 'blobs.digest', 'repository_blobs.digest')
      .select(['repository_blobs.size_bytes', 'repository_blobs.leased_at'])
      .where('repositories.name', '=', repository)
      .where('repository_blobs.digest', '=', digest)
      .where('blobs.quarantined_at', 'is', null)
      .executeTakeFirst()
    return row && { sizeBytes: row.size_bytes, leasedAt: row.leased_at }
  }

  /** As `findBlob`, and collection leaves the blob alone for a while from now. */
  async leaseBlob(repository: string, digest: Digest): Promise<BlobRecord | undefined> {
    const blob = await this.findBlob(repository, digest)
    if (!blob || !mustRenew(blob.leasedAt, this.#now())) return blob
    const isHeld = await this.#writes.run(async (transaction) => {
      const repositoryId = await findRepositoryId(transaction, repository)
      const result = await transaction
        .updateTable('repository_blobs')
        .set({ leased_at: this.#now() })
        .where('repository_id', '=', repositoryId ?? -1)
        .where('digest', '=', digest)
        .executeTakeFirst()
      return result.numUpdatedRows > 0
    })
    return isHeld ? blob : undefined
  }

  /**
   * To be called before bytes that may be in the storage already are relied on: once it returns, collection leaves them
   * alone until `addBlob` or `addManifest` makes them somebody's.
   */
  async leaseContent(digest: Digest): Promise<void> {
    const row = await this.#db
      .selectFrom('blobs')
      .select('leased_at')
      .where('digest', '=', digest)
      .executeTakeFirst()
    if (!row || !mustRenew(row.leased_at, this.#now())) return
    await this.#writes.run((transaction) =>
      transaction.updateTable('blobs').set({ leased_at: this.#now() }).where('digest', '=', digest).execute(),
    )
  }

  /** Makes a blob that is in the storage readable through a repository, which comes into being if need be. */
  async addBlob(repository: string, digest: Digest, sizeBytes: number): Promise<void> {
    await this.#writes.run(async (transaction) => {
      await addContent(transaction, { digest, sizeBytes }, this.#now())
      await this.#holdBlob(transaction, repository, { digest, sizeBytes })
    })
  }

  /**
   * What is left to an upload, so that it need not be read to its end first; `addBlob` has the last word. As long as its
   * digest is not known all of the quota is: it may be a blob that is here.
   */
  async findQuota(repository: string, digest?: Digest): Promise<Quota> {
    const quotaBytes = this.#policies.quotaBytes(repository)
    if (quotaBytes === Infinity || digest === undefined) return { quotaBytes, usedBytes: 0 }
    const repositoryId = await findRepositoryId(this.#db, repository)
    if (repositoryId === undefined) return { quotaBytes, usedBytes: 0 }
    return { quotaBytes, usedBytes: await sumBlobs(this.#db, { repositoryId, digest }) }
  }

  /** Makes a blob of `source` a blob of `target` too; false when the source does not have it. */
  mountBlob(target: string, digest: Digest, source: string): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const blob = await transaction
        .selectFrom('repository_blobs')
        .innerJoin('repositories', 'repositories.id', 'repository_blobs.repository_id')
        .innerJoin('blobs', 'blobs.digest', 'repository_blobs.digest')
        .select('repository_blobs.size_bytes')
        .where('repositories.name', '=', source)
        .where('repository_blobs.digest', '=', digest)
        .where('blobs.quarantined_at', 'is', null)
        // Collection may be about to take it.
        .$if(this.#kind === 'postgres', (query) => query.forShare(['repository_blobs', 'blobs']))
        .executeTakeFirst()
      if (!blob) return false
      await this.#holdBlob(transaction, target, { digest, sizeBytes: blob.size_bytes })
      return true
    })
  }

  /** Takes a blob from a repository; false when it was not there. Other repositories keep it. */
  deleteBlob(repository: string, digest: Digest): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const repositoryId = await findRepositoryId(transaction, repository)
      if (repositoryId === undefined) return false
      const result = await transaction
        .deleteFrom('repository_blobs')
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .executeTakeFirst()
      return result.numDeletedRows > 0
    })
  }

  /** Repositories that hold a blob, at most `limit`. */
  async listBlobRepositories(digest: Digest, limit: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('repository_blobs')
      .innerJoin('repositories', 'repositories.id', 'repository_blobs.repository_id')
      .select('repositories.name')
      .where('repository_blobs.digest', '=', digest)
      .limit(limit)
      .execute()
    return rows.map((row) => row.name)
  }

  async #holdBlob(
    transaction: Kysely<MetadataSchema>,
    repository: string,
    { digest, sizeBytes }: { digest: Digest; sizeBytes: number },
  ): Promise<void> {
    const now = this.#now()
    const kind = this.#kind
    const repositoryId = await makeRepository(transaction, { kind, name: repository, now })
    const quotaBytes = this.#policies.quotaBytes(repository)
    if (quotaBytes !== Infinity) {
      await lockRepository(transaction, { kind, repositoryId })
      const usedBytes = await sumBlobs(transaction, { repositoryId, digest })
      expectRoom({ quotaBytes, usedBytes }, sizeBytes)
    }
    await transaction
      .insertInto('repository_blobs')
      .values({
        repository_id: repositoryId,
        digest,
        size_bytes: sizeBytes,
        created_at: now,
        leased_at: now,
      })
      .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doUpdateSet({ leased_at: now }))
      .execute()
  }
}

/** Bytes of what a repository holds besides one blob. */
async function sumBlobs(
  db: Kysely<MetadataSchema>,
  { repositoryId, digest }: { repositoryId: number; digest: Digest },
): Promise<number> {
  const { total } = await db
    .selectFrom('repository_blobs')
    .select(({ fn }) => fn.sum<number | null>('size_bytes').as('total'))
    .where('repository_id', '=', repositoryId)
    .where('digest', '!=', digest)
    .executeTakeFirstOrThrow()
  return total ?? 0
}

/** The storage has these bytes, or has them again. */
export async function addContent(
  transaction: Kysely<MetadataSchema>,
  { digest, sizeBytes }: { digest: Digest; sizeBytes: number },
  now: number,
): Promise<void> {
  const fresh = { leased_at: now, checked_at: now, quarantined_at: null }
  await transaction
    .insertInto('blobs')
    .values({ digest, size_bytes: sizeBytes, ...fresh })
    .onConflict((conflict) => conflict.column('digest').doUpdateSet(fresh))
    .execute()
}
