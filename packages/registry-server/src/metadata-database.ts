import { migrate, openDatabase } from '@berth/stdx'
import { Kysely } from 'kysely'
import { GroupCommit } from './group-commit.ts'
import { sqliteMigrations, type MetadataSchema } from './metadata-schema.ts'
import { nodeSqliteDialect } from './node-sqlite-dialect.ts'

/** What all stores of a registry work on: its tables, one queue of writes, one clock. */
export class MetadataDatabase implements AsyncDisposable {
  readonly db: Kysely<MetadataSchema>
  readonly writes: GroupCommit<MetadataSchema>
  /** Milliseconds since the epoch. */
  readonly now: () => number

  constructor(db: Kysely<MetadataSchema>, now: () => number) {
    this.db = db
    this.writes = new GroupCommit(db)
    this.now = now
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.destroy()
  }
}

/** Opens (and makes, when it is not there) the SQLite file at `path`. */
export function openSqliteDatabase(path: string, now: () => number = Date.now): MetadataDatabase {
  const database = openDatabase(path)
  migrate(database, 'registry', sqliteMigrations)
  return new MetadataDatabase(new Kysely({ dialect: nodeSqliteDialect(database) }), now)
}
