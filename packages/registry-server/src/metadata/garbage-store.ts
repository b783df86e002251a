import type { Digest } from '@berth/oci'
import type { ExpressionBuilder, Kysely } from 'kysely'
import { insertReferences, type ManifestReferences } from './manifest-store.ts'
import type { MetadataDatabase } from './metadata-database.ts'
import type { MetadataSchema } from './metadata-schema.ts'

/** Content of the storage, by its row. */
export interface ContentRecord {
  digest: Digest
  sizeBytes: number
}

/** What collection and scrubbing ask of the tables. Leases older than `cutoff` protect nothing. */
export class GarbageStore {
  readonly #kind: MetadataDatabase['kind']
  readonly #db: MetadataDatabase['db']
  readonly #writes: MetadataDatabase['writes']
  readonly #now: MetadataDatabase['now']

  constructor({ kind, db, writes, now }: MetadataDatabase) {
    this.#kind = kind
    this.#db = db
    this.#writes = writes
    this.#now = now
  }

  /** Manifests of before references were kept. */
  async listUnindexed(limit: number): Promise<{ repositoryId: number; digest: Digest }[]> {
    const rows = await this.#db
      .selectFrom('manifests')
      .select(['repository_id', 'digest'])
      .where('is_indexed', '=', 0)
      .limit(limit)
      .execute()
    return rows.map((row) => ({ repositoryId: row.repository_id, digest: row.digest as Digest }))
  }

  async index(repositoryId: number, digest: Digest, references: ManifestReferences): Promise<void> {
    await this.#writes.run(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('manifests')
        .set({ is_indexed: 1 })
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .executeTakeFirst()
      // It may have been deleted since it was listed.
      if (numUpdatedRows > 0) await insertReferences(transaction, repositoryId, { digest, references })
    })
  }

  /** Which of these the tables know nothing of: a process ended between storing them and saying so. */
  async findUnknown(digests: readonly Digest[]): Promise<Digest[]> {
    if (digests.length === 0) return []
    const rows = await this.#db.selectFrom('blobs').select('digest').where('digest', 'in', digests).execute()
    const known = new Set(rows.map((row) => row.digest))
    return digests.filter((digest) => !known.has(digest))
  }

  /** Takes content into the tables, leased from now. */
  async adopt({ digest, sizeBytes }: ContentRecord): Promise<void> {
    await this.#writes.run((transaction) =>
      transaction
        .insertInto('blobs')
        .values({
          digest,
          size_bytes: sizeBytes,
          leased_at: this.#now(),
          checked_at: 0,
          quarantined_at: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    )
  }

  /**
   * Takes blobs that no manifest of their repository names from it, at most `limit`; returns how many. They are locked
   * first and looked at again then: what a manifest came to name until the lock was there is seen to be named, and no
   * manifest can come to name what is locked.
   */
  async releaseUnreferenced(cutoff: number, limit: number): Promise<number> {
    return this.#writes.run(async (transaction) => {
      const rows = await transaction
        .selectFrom('repository_blobs')
        .select(['repository_id', 'digest'])
        .where((held) => held.not(isInUse(held, cutoff)))
        .limit(limit)
        .$if(this.#kind === 'postgres', (query) => query.forUpdate().skipLocked())
        .execute()
      for (const row of rows) {
        await transaction
          .deleteFrom('repository_blobs')
          .where('repository_id', '=', row.repository_id)
          .where('digest', '=', row.digest)
          .where((held) => held.not(isInUse(held, cutoff)))
          .execute()
      }
      return rows.length
    })
  }

  /** Content that nothing holds, or nothing will once unreferenced blobs are released; by digest, after `last`. */
  async listGarbage(page: { cutoff: number; last: string; limit: number }): Promise<ContentRecord[]> {
    const rows = await selectGarbage(this.#db, page.cutoff)
      .where('blobs.digest', '>', page.last)
      .orderBy('blobs.digest')
      .limit(page.limit)
      .execute()
    return rows.map(toContentRecord)
  }

  /**
   * Deletes those of `digests` that nothing holds even now; `remove` deletes their bytes. All of it is one transaction:
   * who leases content meanwhile either comes before, and keeps it, or after, and finds neither row nor bytes. As in
   * `releaseUnreferenced`, what is locked is looked at again.
   */
  async deleteGarbage(
    digests: readonly Digest[],
    cutoff: number,
    remove: (digest: Digest) => Promise<void>,
  ): Promise<ContentRecord[]> {
    if (digests.length === 0) return []
    // Not with the writes of others: were those undone after all, they might need what is deleted here.
    return this.#db.transaction().execute(async (transaction) => {
      const candidates = await this.#lockContent(transaction, digests)
      if (candidates.length === 0) return []
      const rows = await selectGarbage(transaction, cutoff)
        .where('blobs.digest', 'in', candidates)
        .where((content) =>
          content.not(
            content.exists(
              content
                .selectFrom('repository_blobs')
                .select('repository_blobs.digest')
                .whereRef('repository_blobs.digest', '=', 'blobs.digest'),
            ),
          ),
        )
        .execute()
      for (const { digest } of rows) {
        await transaction.deleteFrom('blobs').where('digest', '=', digest).execute()
        await remove(digest as Digest)
      }
      return rows.map(toContentRecord)
    })
  }

  /** Those that nobody else works on; they stay so until the transaction ends. */
  async #lockContent(
    transaction: Kysely<MetadataSchema>,
    digests: readonly Digest[],
  ): Promise<readonly Digest[]> {
    if (this.#kind === 'sqlite') return digests
    const rows = await transaction
      .selectFrom('blobs')
      .select('digest')
      .where('digest', 'in', digests)
      .forUpdate()
      .skipLocked()
      .execute()
    return rows.map((row) => row.digest as Digest)
  }

  /** Content last checked before `before`, the longest ago first. */
  async listUnchecked(before: number, limit: number): Promise<ContentRecord[]> {
    const rows = await this.#db
      .selectFrom('blobs')
      .select(['digest', 'size_bytes'])
      .where('checked_at', '<', before)
      .orderBy('checked_at')
      .limit(limit)
      .execute()
    return rows.map(toContentRecord)
  }

  /** The bytes of content are lost; false when nothing holds it any more, or it was checked or pushed since `before`. */
  async setGone(digest: Digest, before: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#writes.run((transaction) =>
      transaction
        .updateTable('blobs')
        .set({ checked_at: this.#now(), quarantined_at: this.#now() })
        .where('digest', '=', digest)
        .where('checked_at', '<', before)
        .executeTakeFirst(),
    )
    return numUpdatedRows > 0
  }

  /** Content is what its digest says, or its bytes are lost. */
  async setChecked(digest: Digest, isSound: boolean): Promise<void> {
    const now = this.#now()
    await this.#writes.run((transaction) =>
      transaction
        .updateTable('blobs')
        .set({ checked_at: now, quarantined_at: isSound ? null : now })
        .where('digest', '=', digest)
        .execute(),
    )
  }
}

/** Content without a manifest, without a fresh lease, and without a repository that would go on holding it. */
function selectGarbage(db: Kysely<MetadataSchema>, cutoff: number) {
  return db
    .selectFrom('blobs')
    .select(['blobs.digest', 'blobs.size_bytes'])
    .where('blobs.leased_at', '<', cutoff)
    .where((content) =>
      content.not(
        content.exists(
          content
            .selectFrom('manifests')
            .select('manifests.digest')
            .whereRef('manifests.digest', '=', 'blobs.digest'),
        ),
      ),
    )
    .where((content) =>
      content.not(
        content.exists(
          content
            .selectFrom('repository_blobs')
            .select('repository_blobs.digest')
            .whereRef('repository_blobs.digest', '=', 'blobs.digest')
            .where((held) => isInUse(held, cutoff)),
        ),
      ),
    )
}

/** A repository's hold on a blob counts while it is leased or one of the repository's manifests names it. */
function isInUse(held: ExpressionBuilder<MetadataSchema, 'repository_blobs'>, cutoff: number) {
  return held.or([
    held('repository_blobs.leased_at', '>=', cutoff),
    held.exists(
      held
        .selectFrom('manifest_references')
        .select('manifest_references.digest')
        .whereRef('manifest_references.repository_id', '=', 'repository_blobs.repository_id')
        .whereRef('manifest_references.digest', '=', 'repository_blobs.digest'),
    ),
  ])
}

function toContentRecord(row: { digest: string; size_bytes: number }): ContentRecord {
  return { digest: row.digest as Digest, sizeBytes: row.size_bytes }
}
