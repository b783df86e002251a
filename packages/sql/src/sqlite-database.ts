import { migrate, openDatabase } from '@berth/stdx'
import { Kysely } from 'kysely'
import { CommitLog } from './commit-log.ts'
import { GroupCommit } from './group-commit.ts'
import { nodeSqliteDialect } from './node-sqlite-dialect.ts'
import type { SqlDatabase, SqlTables } from './sql-database.ts'

/** Opens (and makes, when it is not there) the SQLite file at `path`. Several processes may share it. */
export function openSqliteDatabase(path: string): SqlDatabase {
  const database = openDatabase(path)
  // oxlint-disable-next-line typescript/no-explicit-any -- which tables there are is known by who asks for them
  const db = new Kysely<any>({ dialect: nodeSqliteDialect(database) })
  // A database in memory has none, and so have some file systems.
  const hasLog = database.prepare('PRAGMA journal_mode').get()?.['journal_mode'] === 'wal'
  const log = hasLog ? new CommitLog(database, path) : undefined
  const tables: SqlTables<unknown> = { kind: 'sqlite', db, writes: new GroupCommit(db, log) }
  return {
    kind: 'sqlite',
    async migrate(component, migrations) {
      const steps = migrations.map(
        ({ sqlite }) =>
          () =>
            database.exec(sqlite),
      )
      migrate(database, component, steps)
    },
    tables: <Schema>() => tables as SqlTables<Schema>,
    async [Symbol.asyncDispose]() {
      await log?.[Symbol.asyncDispose]()
      await db.destroy()
    },
  }
}
