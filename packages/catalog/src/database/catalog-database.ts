import { findViolation, type SqlDatabase, type SqlKind } from '@berth/sql'
import { CodedError } from '@berth/stdx'
import type { Kysely, Transaction } from 'kysely'
import { catalogMigrations } from './catalog-migrations.ts'
import type { CatalogSchema } from './catalog-schema.ts'

export type CatalogReader = Kysely<CatalogSchema>
export type CatalogWriter = Transaction<CatalogSchema>

/** What all parts of a catalog work on: its tables and one clock. */
export interface CatalogDatabase {
  readonly kind: SqlKind
  readonly db: CatalogReader
  /**
   * All that `action` writes, or nothing. Throws `already-exists` for a name that is taken, and `conflict` when something
   * that it hangs on was removed meanwhile.
   */
  readonly write: <T>(action: (transaction: CatalogWriter) => Promise<T>) => Promise<T>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Brings the catalog's tables in `database` up to date; the caller closes it. */
export async function openCatalogDatabase(
  database: SqlDatabase,
  now: () => number,
): Promise<CatalogDatabase> {
  await database.migrate('catalog', catalogMigrations)
  const { kind, db, writes } = database.tables<CatalogSchema>()
  return { kind, db, now, write: (action) => writes.run(action).catch(rethrow) }
}

function rethrow(error: unknown): never {
  const violation = findViolation(error)
  if (violation === undefined) throw error
  throw violation === 'unique'
    ? new CodedError('already-exists', 'Cannot write: there is one of that name', { cause: error })
    : new CodedError('conflict', 'Cannot write: it was removed meanwhile', { cause: error })
}

/** Keeps the rows of a query as they are until the transaction ends. SQLite has one writer at a time anyway. */
export function lockRows<Query extends { forUpdate(): Query }>(kind: SqlKind, query: Query): Query {
  return kind === 'postgres' ? query.forUpdate() : query
}

/**
 * Makes everyone else who changes the namespace wait until this transaction has ended, so that what was counted stays
 * true. False when it is gone.
 */
export async function lockNamespace(
  { kind }: Pick<CatalogDatabase, 'kind'>,
  transaction: CatalogWriter,
  id: number,
): Promise<boolean> {
  const query = transaction.selectFrom('hub_namespaces').select('id').where('id', '=', id)
  const row = await lockRows(kind, query).executeTakeFirst()
  return row !== undefined
}
