import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Kysely } from 'kysely'
import { GroupCommit } from './group-commit.ts'
import { nodeSqliteDialect } from './node-sqlite-dialect.ts'

interface Schema {
  entries: { name: string }
}

async function open(): Promise<{ db: Kysely<Schema>; writes: GroupCommit<Schema> }> {
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(new DatabaseSync(':memory:')) })
  await db.schema
    .createTable('entries')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .execute()
  return { db, writes: new GroupCommit(db) }
}

test('run() gives each write its own result, and a failing one takes only its own changes back', async () => {
  const { db, writes } = await open()
  const add = (name: string, isFailing = false) =>
    writes.run(async (transaction) => {
      await transaction.insertInto('entries').values({ name }).execute()
      if (isFailing) throw new Error(`${name} failed`)
      return name
    })
  const results = await Promise.allSettled([add('a'), add('b', true), add('c'), add('a')])
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed')),
    ['a', 'failed', 'c', 'failed'],
  )
  assert.equal(await add('d'), 'd')
  const rows = await db.selectFrom('entries').selectAll().orderBy('name').execute()
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['a', 'c', 'd'],
  )
  await db.destroy()
})

test('run() tells every write when the commit itself fails, and goes on with the next', async () => {
  const { db, writes } = await open()
  const broken = [1, 2].map(() =>
    writes.run(async (transaction) => {
      await transaction.deleteFrom('entries').execute()
      // Ends the transaction behind its owner's back.
      await transaction.getExecutor().executeQuery({ sql: 'rollback', parameters: [] } as never)
    }),
  )
  for (const result of await Promise.allSettled(broken)) assert.equal(result.status, 'rejected')
  assert.equal(await writes.run(async () => 'fine'), 'fine')
  await db.destroy()
})
