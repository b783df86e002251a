import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'

/** Distinct SQL texts that stay prepared: the registry has a few dozen. */
const preparedMax = 200

/** Lets kysely run on Node's own SQLite. Destroying the kysely instance closes `database`. */
export function nodeSqliteDialect(database: DatabaseSync): SqliteDialect {
  return new SqliteDialect({ database: new PreparingDatabase(database) })
}

/** Prepares each SQL text once: preparing costs more than running a point lookup. */
class PreparingDatabase implements SqliteDatabase {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, SqliteStatement>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#prepared.get(sql)
    if (known) return known
    if (this.#prepared.size >= preparedMax) this.#prepared.clear()
    // A deferred transaction that turns into a writer late can fail with "busy" at once; an immediate one waits.
    const text = sql === 'begin' ? 'begin immediate' : sql
    const statement = new PreparedStatement(this.#database.prepare(text))
    this.#prepared.set(sql, statement)
    return statement
  }

  close(): void {
    this.#prepared.clear()
    this.#database.close()
  }
}

class PreparedStatement implements SqliteStatement {
  readonly #statement: StatementSync
  readonly reader: boolean

  constructor(statement: StatementSync) {
    this.#statement = statement
    this.reader = statement.columns().length > 0
    // Every change tells the last row id, also of tables that SQLite keeps for itself: it may not fit into a number.
    if (!this.reader) statement.setReadBigInts(true)
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...(parameters as SQLInputValue[]))
  }

  run(parameters: readonly unknown[]) {
    return this.#statement.run(...(parameters as SQLInputValue[]))
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...(parameters as SQLInputValue[]))
  }
}
