import type { SqlKind, SqlMigration } from './sql-database.ts'

/** How the same tables are declared in each database. */
export interface SqlDialect {
  /** A primary key that is given out. */
  id: string
  /** One that is not given out again when its row is gone. */
  lastingId: string
  integer: string
  /** Compared by bytes. */
  text: string
  /** After the columns. */
  end: string
  /** After the columns of a table that is read by its primary key alone. */
  keyed: string
}

const identity = 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY'

const dialects: Readonly<Record<SqlKind, SqlDialect>> = {
  sqlite: {
    id: 'INTEGER PRIMARY KEY',
    lastingId: 'INTEGER PRIMARY KEY AUTOINCREMENT',
    integer: 'INTEGER',
    text: 'TEXT',
    end: ' STRICT',
    keyed: ' STRICT, WITHOUT ROWID',
  },
  postgres: {
    id: identity,
    lastingId: identity,
    integer: 'BIGINT',
    text: 'TEXT COLLATE "C"',
    end: '',
    keyed: '',
  },
}

/** A migration that both databases are told alike. */
export function declareForBoth(statements: (dialect: SqlDialect) => string): SqlMigration {
  return { sqlite: statements(dialects.sqlite), postgres: statements(dialects.postgres) }
}
