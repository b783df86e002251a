import type { Kysely, Transaction } from 'kysely'

/**
 * A database that components keep their tables in, SQLite or PostgreSQL. What both understand is written once, with
 * kysely; where they differ a component asks for `kind`. Committed writes survive a power cut. While the database is
 * gone every call throws `unavailable`. Disposing ends what is open.
 */
export interface SqlDatabase extends AsyncDisposable {
  readonly kind: SqlKind
  /**
   * Brings the tables of `component` up to the last of `migrations`, each in a transaction, one process at a time.
   * Throws `failed-precondition` for tables that are newer than this program.
   */
  migrate(component: string, migrations: readonly SqlMigration[]): Promise<void>
  /** The tables of one component, as its schema describes them. */
  tables<Schema>(): SqlTables<Schema>
}

export type SqlKind = 'sqlite' | 'postgres'

/**
 * One numbered step of a component's schema, as statements for each database. Programs of the version before go on
 * working on it: a step adds, and a later version takes away.
 */
export interface SqlMigration extends Readonly<Record<SqlKind, string>> {
  /** Set for a step that takes away: the first version whose programs do without, which is before this one's. */
  readonly contractsSince?: string
}

export interface SqlTables<Schema> {
  readonly kind: SqlKind
  readonly db: Kysely<Schema>
  readonly writes: SqlWrites<Schema>
}

/** Changes, each of them all or nothing. */
export interface SqlWrites<Schema> {
  /**
   * Runs `action` in a transaction; what it did is durable when the promise resolves, and undone when it rejects. On
   * PostgreSQL others work at the same time, so what must stay as it was read is read with a lock; an action that lost
   * against another is run again, so it changes nothing but tables.
   */
  run<T>(action: (transaction: Transaction<Schema>) => Promise<T>): Promise<T>
}
