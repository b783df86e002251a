import type { SqlKind } from '@berth/sql'
import { CodedError } from '@berth/stdx'
import type { Kysely } from 'kysely'
import { listNames, type NameList } from './list-names.ts'
import type { MetadataDatabase } from './metadata-database.ts'
import type { MetadataSchema } from './metadata-schema.ts'

/** A page of a sorted list: what comes after `last`, at most `limit`. */
export interface Page {
  last: string
  limit: number
}

/** Which repositories there are. One comes into being with the first blob or manifest that it holds. */
export class RepositoryStore {
  readonly #tables: MetadataDatabase
  readonly #db: MetadataDatabase['db']
  readonly #writes: MetadataDatabase['writes']

  constructor(tables: MetadataDatabase) {
    this.#tables = tables
    this.#db = tables.db
    this.#writes = tables.writes
  }

  async hasRepository(repository: string): Promise<boolean> {
    return (await findRepositoryId(this.#db, repository)) !== undefined
  }

  listRepositories({ last, limit }: Page): Promise<NameList> {
    const page = this.#db
      .selectFrom('repositories')
      .select('name')
      .where('name', '>', last)
      .orderBy('name')
      .limit(limit)
    return listNames(this.#tables, page)
  }

  /** Deletes a repository with all that it holds; false when it was not there. */
  deleteRepository(repository: string): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom('repositories')
        .where('name', '=', repository)
        .executeTakeFirst()
      return numDeletedRows > 0
    })
  }
}

export async function findRepositoryId(
  db: Kysely<MetadataSchema>,
  name: string,
): Promise<number | undefined> {
  const row = await db.selectFrom('repositories').select('id').where('name', '=', name).executeTakeFirst()
  return row?.id
}

/** The repository's id, made if need be. It stays until the transaction ends. */
export async function makeRepository(
  transaction: Kysely<MetadataSchema>,
  { kind, name, now }: { kind: SqlKind; name: string; now: number },
): Promise<number> {
  const find = () =>
    transaction
      .selectFrom('repositories')
      .select('id')
      .where('name', '=', name)
      .$if(kind === 'postgres', (query) => query.forKeyShare())
      .executeTakeFirst()
  const known = await find()
  if (known) return known.id
  await transaction
    .insertInto('repositories')
    .values({ name, created_at: now })
    // Another replica may be making it.
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const made = await find()
  if (made) return made.id
  throw new CodedError('unavailable', `Cannot make repository ${name}: it was deleted meanwhile`)
}

/** Lets one transaction at a time go on for a repository: for rules about all that it holds. SQLite always does. */
export async function lockRepository(
  transaction: Kysely<MetadataSchema>,
  { kind, repositoryId }: { kind: SqlKind; repositoryId: number },
): Promise<void> {
  if (kind === 'sqlite') return
  await transaction
    .selectFrom('repositories')
    .select('id')
    .where('id', '=', repositoryId)
    .forNoKeyUpdate()
    .execute()
}
