import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openDatabase } from '@berth/stdx'
import { sql } from 'kysely'
import { CommitLog } from './commit-log.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

interface Schema {
  entries: { name: string }
}

const create = 'CREATE TABLE entries (name TEXT NOT NULL PRIMARY KEY)'

async function withPath(action: (path: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-sql-'))
  try {
    await action(join(directory, 'a.db'))
  } finally {
    await rm(directory, { recursive: true })
  }
}

test('writes of a file are seen by others when they are done, and what is none of them SQLite syncs itself', () =>
  withPath(async (path) => {
    await using database = openSqliteDatabase(path)
    await database.migrate('a', [{ sqlite: create, postgres: create }])
    const { db, writes } = database.tables<Schema>()
    const add = (name: string) =>
      writes.run((transaction) => transaction.insertInto('entries').values({ name }).execute())
    const results = await Promise.allSettled(['a', 'b', 'a', 'c'].map(add))
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    )
    using other = new DatabaseSync(path)
    assert.equal(other.prepare('SELECT count(*) AS n FROM entries').get()?.['n'], 3)
    const { rows } = await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(db)
    assert.equal(rows[0]?.synchronous, 2, 'FULL')
  }))

test('sync() of a log that cannot be read fails, for all who wait, and works when it can', () =>
  withPath(async (path) => {
    const database = openDatabase(path)
    await using log = new CommitLog(database, path)
    await using missing = new CommitLog(database, `${path}-other`)
    const results = await Promise.allSettled([missing.sync(), missing.sync()])
    assert.ok(results.every(({ status }) => status === 'rejected'))
    database.exec(create)
    await Promise.all([log.sync(), log.sync()])
    database.close()
  }))
