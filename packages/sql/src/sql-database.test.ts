import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isCoded } from '@berth/stdx'
import { eventually } from '@berth/stdx/testsuite'
import { sql } from 'kysely'
import { openSqlDatabase } from './open-sql-database.ts'
import type { SqlMigration } from './sql-database.ts'
import { startPostgresServer } from './testsuite/postgres-server.ts'

interface Schema {
  entries: { name: string; size_bytes: number }
}

const create: SqlMigration = {
  sqlite: 'CREATE TABLE entries (name TEXT NOT NULL PRIMARY KEY); CREATE INDEX by_name ON entries (name);',
  postgres: 'CREATE TABLE entries (name TEXT NOT NULL PRIMARY KEY); CREATE INDEX by_name ON entries (name);',
}
const extend: SqlMigration = {
  sqlite: 'ALTER TABLE entries ADD COLUMN size_bytes INTEGER NOT NULL DEFAULT 0',
  postgres: 'ALTER TABLE entries ADD COLUMN size_bytes BIGINT NOT NULL DEFAULT 0',
}

const server = await startPostgresServer()
after(() => server?.[Symbol.asyncDispose]())

function testDatabase(name: string, createLocation: () => Promise<string>): void {
  const open = async () => openSqlDatabase(await createLocation())

  describe(
    `database ${name}`,
    { skip: name === 'postgres' && !server && 'PostgreSQL is not installed' },
    () => {
      test('migrate() runs each step once, also when several start together', async () => {
        await using database = await open()
        await Promise.all([database.migrate('a', [create]), database.migrate('a', [create])])
        await database.migrate('a', [create, extend])
        const { db } = database.tables<Schema>()
        await db
          .insertInto('entries')
          .values({ name: 'x', size_bytes: 2 ** 40 })
          .execute()
        const rows = await db.selectFrom('entries').selectAll().execute()
        assert.deepEqual(
          rows.map((row) => ({ ...row })),
          [{ name: 'x', size_bytes: 2 ** 40 }],
        )
      })

      test('migrate() refuses tables that are newer than the program', async () => {
        await using database = await open()
        await database.migrate('a', [create, extend])
        await assert.rejects(
          database.migrate('a', [create]),
          (error) =>
            isCoded(error, 'failed-precondition') &&
            /has version 2, this program knows 1/.test(error.message),
        )
      })

      test('migrate() takes back a step that fails half-way', async () => {
        await using database = await open()
        const broken = { sqlite: `${create.sqlite}; nonsense`, postgres: `${create.postgres}; nonsense` }
        await assert.rejects(database.migrate('a', [broken]))
        await database.migrate('a', [create])
      })

      test('writes.run() keeps what succeeds beside what fails', async () => {
        await using database = await open()
        await database.migrate('a', [create, extend])
        const { db, writes } = database.tables<Schema>()
        const add = (entry: string) =>
          writes.run((transaction) =>
            transaction.insertInto('entries').values({ name: entry, size_bytes: 1 }).execute(),
          )
        const [first, second, other] = await Promise.allSettled([add('a'), add('a'), add('b')])
        // Either may be the first in a database of its own process.
        assert.deepEqual([first.status, second.status].toSorted(), ['fulfilled', 'rejected'])
        assert.equal(other.status, 'fulfilled')
        const { count } = await db
          .selectFrom('entries')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow()
        assert.equal(count, 2)
      })
    },
  )
}

testDatabase('sqlite', async () => ':memory:')
testDatabase('postgres', () => server!.createDatabase())

test(
  'tables() of a PostgreSQL that is gone are unavailable, and there again when it is',
  { skip: !server && 'PostgreSQL is not installed' },
  async () => {
    await using database = await openSqlDatabase(await server!.createDatabase())
    await database.migrate('a', [create, extend])
    const { db, writes } = database.tables<Schema>()
    const add = (name: string) =>
      writes.run((transaction) => transaction.insertInto('entries').values({ name, size_bytes: 1 }).execute())
    await add('before')
    await server!.kill()
    await assert.rejects(db.selectFrom('entries').selectAll().execute(), (error) =>
      isCoded(error, 'unavailable'),
    )
    await assert.rejects(add('meanwhile'), (error) => isCoded(error, 'unavailable'))
    await server!.start()
    await add('after')
    const rows = await db.selectFrom('entries').select('name').orderBy('name').execute()
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['after', 'before'],
    )
  },
)

test(
  'migrate() of a PostgreSQL that goes meanwhile is unavailable',
  { skip: !server && 'PostgreSQL is not installed' },
  async () => {
    await using database = await openSqlDatabase(await server!.createDatabase())
    const slow = { sqlite: '', postgres: 'SELECT pg_sleep(60)' }
    const failed = assert.rejects(database.migrate('a', [slow]), { code: 'unavailable' })
    const { db } = database.tables<object>()
    await eventually(async () => {
      const { rows } =
        await sql`select 1 from pg_stat_activity where query like '%pg_sleep(60)' and pid <> pg_backend_pid()`.execute(
          db,
        )
      assert.equal(rows.length, 1)
    })
    await server!.kill()
    await failed
    await server!.start()
  },
)

test(
  'writes.run() of writes that wait for each other does all of them',
  { skip: !server && 'PostgreSQL is not installed' },
  async () => {
    await using database = await openSqlDatabase(await server!.createDatabase())
    await database.migrate('a', [create, extend])
    const { db, writes } = database.tables<Schema>()
    const names = ['x', 'y']
    await db
      .insertInto('entries')
      .values(names.map((name) => ({ name, size_bytes: 0 })))
      .execute()
    const grow = (order: readonly string[]) =>
      writes.run(async (transaction) => {
        for (const name of order) {
          await transaction
            .updateTable('entries')
            .set((entry) => ({ size_bytes: entry('size_bytes', '+', 1) }))
            .where('name', '=', name)
            .execute()
          await sleep(20)
        }
      })
    await Promise.all([grow(names), grow(names.toReversed())])
    const rows = await db.selectFrom('entries').select('size_bytes').execute()
    assert.deepEqual(
      rows.map((row) => row.size_bytes),
      [2, 2],
    )
  },
)

test(
  'migrate() waits for tables that others hold, and lets those through who come meanwhile',
  { skip: !server && 'PostgreSQL is not installed' },
  async () => {
    const location = await server!.createDatabase()
    await using before = await openSqlDatabase(location)
    await before.migrate('a', [create])
    const { db } = before.tables<Schema>()
    await using database = await openSqlDatabase(location)
    let migrating: Promise<void> | undefined
    await db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('entries').select('name').execute()
      migrating = database.migrate('a', [create, extend])
      await sleep(1000)
      const startMs = performance.now()
      await db.selectFrom('entries').select('name').execute()
      const waitedMs = performance.now() - startMs
      // Behind a step that waits as long as the other one holds the table it would never end.
      assert.ok(waitedMs < 900, `waited ${waitedMs} ms`)
    })
    await migrating
    await database.tables<Schema>().db.selectFrom('entries').select('size_bytes').execute()
  },
)

test(
  'migrate() goes on when it and another wait for each other',
  { skip: !server && 'PostgreSQL is not installed' },
  async () => {
    const location = await server!.createDatabase()
    await using before = await openSqlDatabase(location)
    const declare = 'CREATE TABLE a (x BIGINT); CREATE TABLE b (x BIGINT)'
    const change =
      'ALTER TABLE a ADD COLUMN y BIGINT; SELECT pg_sleep(0.2); ALTER TABLE b ADD COLUMN y BIGINT'
    const migrations = [declare, change].map((statements) => ({ sqlite: statements, postgres: statements }))
    await before.migrate('a', migrations.slice(0, 1))
    await using database = await openSqlDatabase(location)
    let migrating: Promise<void> | undefined
    const { db } = before.tables<Record<'a' | 'b', { x: number; y?: number }>>()
    await db.transaction().execute(async (transaction) => {
      await transaction.insertInto('b').values({ x: 1 }).execute()
      migrating = database.migrate('a', migrations)
      await sleep(100)
      await transaction.insertInto('a').values({ x: 1 }).execute()
    })
    await migrating
    assert.deepEqual(await db.selectFrom('a').select('y').execute(), [{ y: null }])
  },
)

test('openSqlDatabase() says that PostgreSQL cannot be reached, without the password', async () => {
  await assert.rejects(
    openSqlDatabase('postgres://somebody:hunter2@127.0.0.1:1/nothing'),
    (error) =>
      isCoded(error, 'unavailable') &&
      !JSON.stringify([error.message, String(error.cause)]).includes('hunter2'),
  )
})

test('writes.run() takes row ids that are larger than a number', async () => {
  await using database = await openSqlDatabase(':memory:')
  await database.migrate('a', [create])
  const { db, writes } = database.tables<Schema>()
  const large = 2n ** 60n
  await writes.run((transaction) =>
    sql`INSERT INTO entries (rowid, name) VALUES (${large}, 'x')`.execute(transaction),
  )
  const { numDeletedRows } = await db.deleteFrom('entries').executeTakeFirstOrThrow()
  assert.equal(numDeletedRows, 1n)
})
