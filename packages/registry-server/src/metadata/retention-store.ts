import type { Digest } from '@berth/oci'
import { sql, type Kysely } from 'kysely'
import type { MetadataDatabase } from './metadata-database.ts'
import type { MetadataSchema } from './metadata-schema.ts'
import { findRepositoryId } from './repository-store.ts'

export interface TagTime {
  name: string
  /** Milliseconds since the epoch. */
  updatedAt: number
}

/** What may be let go as time goes by. A push may come between a list and a deletion: what it has made new stays. */
export class RetentionStore {
  readonly #kind: MetadataDatabase['kind']
  readonly #db: MetadataDatabase['db']
  readonly #writes: MetadataDatabase['writes']

  constructor({ kind, db, writes }: MetadataDatabase) {
    this.#kind = kind
    this.#db = db
    this.#writes = writes
  }

  /** All tags with the time when each was last set. */
  async listTagTimes(repository: string): Promise<TagTime[]> {
    const rows = await this.#db
      .selectFrom('tags')
      .innerJoin('repositories', 'repositories.id', 'tags.repository_id')
      .select(['tags.name', 'tags.updated_at'])
      .where('repositories.name', '=', repository)
      .execute()
    return rows.map((row) => ({ name: row.name, updatedAt: row.updated_at }))
  }

  /** False for a tag that is gone, or was set again since. */
  deleteTag(repository: string, { name, updatedAt }: TagTime): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const repositoryId = await findRepositoryId(transaction, repository)
      if (repositoryId === undefined) return false
      const result = await transaction
        .deleteFrom('tags')
        .where('repository_id', '=', repositoryId)
        .where('name', '=', name)
        .where('updated_at', '=', updatedAt)
        .executeTakeFirst()
      return result.numDeletedRows > 0
    })
  }

  /** Manifests last pushed before `before` that no tag and no index names and that say nothing about another that is there. */
  async listUntagged(repository: string, before: number): Promise<Digest[]> {
    const repositoryId = await findRepositoryId(this.#db, repository)
    return repositoryId === undefined ? [] : await listUntagged(this.#db, { repositoryId, before })
  }

  /** False for a manifest that is gone, or is not listed any more. */
  deleteUntagged(repository: string, digest: Digest, before: number): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const repositoryId = await findRepositoryId(transaction, repository)
      if (repositoryId === undefined) return false
      // Who is about to name it is waited for, and seen by the next statement.
      if (this.#kind === 'postgres')
        await transaction
          .selectFrom('manifests')
          .select('digest')
          .where('repository_id', '=', repositoryId)
          .where('digest', '=', digest)
          .forUpdate()
          .execute()
      const untagged = await listUntagged(transaction, { repositoryId, before, digest })
      if (untagged.length === 0) return false
      await transaction
        .deleteFrom('manifests')
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .execute()
      return true
    })
  }
}

/** Of one digest, or of all. */
async function listUntagged(
  db: Kysely<MetadataSchema>,
  { repositoryId, before, digest }: { repositoryId: number; before: number; digest?: Digest },
): Promise<Digest[]> {
  const { rows } = await sql<{ digest: Digest }>`
    SELECT m.digest FROM manifests m
    WHERE m.repository_id = ${repositoryId} AND m.created_at < ${before}
    ${digest === undefined ? sql`` : sql`AND m.digest = ${digest}`}
    AND NOT EXISTS (SELECT 1 FROM tags t WHERE t.repository_id = m.repository_id AND t.digest = m.digest)
    AND NOT EXISTS (SELECT 1 FROM manifest_references f
      WHERE f.repository_id = m.repository_id AND f.digest = m.digest)
    AND NOT EXISTS (SELECT 1 FROM manifests s WHERE s.repository_id = m.repository_id AND s.digest = m.subject)
  `.execute(db)
  return rows.map((row) => row.digest)
}
