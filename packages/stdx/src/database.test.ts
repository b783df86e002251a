import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { migrate, openDatabase, transaction, type Migration } from './database.ts'

function databasePath(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'database-'))
  context.after(() => rmSync(directory, { recursive: true }))
  return join(directory, 'state.db')
}

const value = (database: DatabaseSync, sql: string): unknown =>
  Object.values(database.prepare(sql).get() ?? {})[0]
const create: Migration = (database) => database.exec('CREATE TABLE t (x INTEGER) STRICT')
const insert: Migration = (database) => database.exec('INSERT INTO t VALUES (1)')

test('openDatabase() sets what keeps committed rows', (context) => {
  const path = databasePath(context)
  using database = openDatabase(path)
  assert.equal(value(database, 'PRAGMA journal_mode'), 'wal')
  assert.equal(value(database, 'PRAGMA synchronous'), 2)
  assert.equal(value(database, 'PRAGMA foreign_keys'), 1)
  assert.equal(value(database, 'PRAGMA busy_timeout'), 5000)
  for (const suffix of ['', '-wal', '-shm']) assert.equal(statSync(path + suffix).mode & 0o777, 0o600)
})

test('openDatabase() refuses another kind of file, and lets it go', (context) => {
  const path = databasePath(context)
  writeFileSync(path, 'not a database, and long enough to be one '.repeat(50))
  assert.throws(() => openDatabase(path), /file is not a database/)
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return []
    }
  })
  assert.ok(!open.includes(path))
})

test('openDatabase() opens while another writes, and its writes wait their turn', (context) => {
  const path = databasePath(context)
  using first = openDatabase(path)
  using second = openDatabase(path)
  migrate(first, 'thing', [create, insert])
  second.exec('PRAGMA busy_timeout = 10')
  transaction(first, () => {
    insert(first)
    assert.equal(value(second, 'SELECT count(*) FROM t'), 1)
    assert.throws(() => transaction(second, () => insert(second)), /database is locked/)
    assert.equal(second.isTransaction, false)
  })
  assert.equal(value(second, 'SELECT count(*) FROM t'), 2)
})

test('openDatabase() and migrate() of several threads on a new file: each has its tables', async (context) => {
  const program = `
    const { workerData } = require('node:worker_threads')
    const { paths, start, module } = workerData
    import(module).then(({ migrate, openDatabase }) => {
      for (const [index, path] of paths.entries()) {
        Atomics.add(start, index, 1)
        while (Atomics.load(start, index) < 4 && performance.now() < 20000);
        const database = openDatabase(path)
        migrate(database, 'thing', [(opened) => opened.exec('CREATE TABLE t (x INTEGER) STRICT')])
        database.prepare('INSERT INTO t VALUES (1)').run()
        database.close()
      }
    })`
  const paths = Array.from({ length: 20 }, () => databasePath(context))
  const start = new Int32Array(new SharedArrayBuffer(4 * paths.length))
  const workerData = { paths, start, module: new URL('./database.ts', import.meta.url).href }
  const threads = Array.from({ length: 4 }, () => new Worker(program, { eval: true, workerData }))
  await Promise.all(threads.map((thread) => once(thread, 'exit')))
  for (const path of paths) {
    using database = openDatabase(path)
    assert.equal(value(database, 'SELECT count(*) FROM t'), threads.length)
  }
})

test('migrate() runs each step once, also in a later program with more of them', (context) => {
  const path = databasePath(context)
  for (const migrations of [[create], [create, insert], [create, insert], [create, insert, insert]]) {
    using database = openDatabase(path)
    migrate(database, 'thing', migrations)
    migrate(database, 'thing', migrations)
    assert.equal(value(database, 'SELECT count(*) FROM t'), migrations.length - 1)
    assert.equal(value(database, 'SELECT version FROM schema_version'), migrations.length)
  }
})

test('migrate() counts each component by itself', () => {
  using database = openDatabase(':memory:')
  migrate(database, 'one', [create, insert])
  migrate(database, 'two', [insert])
  assert.equal(value(database, 'SELECT count(*) FROM t'), 2)
})

test('migrate() leaves the schema of a step that fails as it was, and goes on from there', () => {
  using database = openDatabase(':memory:')
  const half: Migration = (target) => {
    insert(target)
    target.exec('CREATE TABLE t (again INTEGER)')
  }
  assert.throws(() => migrate(database, 'thing', [create, half]), /already exists/)
  assert.equal(value(database, 'SELECT count(*) FROM t'), 0)
  assert.equal(value(database, 'SELECT version FROM schema_version'), 1)
  migrate(database, 'thing', [create, insert])
  assert.equal(value(database, 'SELECT count(*) FROM t'), 1)
})

test('migrate() refuses a database of a later program', () => {
  using database = openDatabase(':memory:')
  migrate(database, 'thing', [create, insert])
  assert.throws(() => migrate(database, 'thing', [create]), {
    code: 'failed-precondition',
    message: 'Cannot open database: its thing schema has version 2, this program knows 1',
  })
})

test('transaction() returns what the action does, and undoes it when it throws', () => {
  using database = openDatabase(':memory:')
  create(database)
  assert.equal(
    transaction(database, () => {
      insert(database)
      return 'value'
    }),
    'value',
  )
  assert.throws(
    () =>
      transaction(database, () => {
        insert(database)
        throw new Error('undo')
      }),
    /undo/,
  )
  assert.equal(value(database, 'SELECT count(*) FROM t'), 1)
})

test('transaction() undoes everything when the commit fails', () => {
  using database = openDatabase(':memory:')
  database.exec(`
    CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED) STRICT;
  `)
  assert.throws(
    () => transaction(database, () => database.exec('INSERT INTO child VALUES (7)')),
    /FOREIGN KEY constraint failed/,
  )
  assert.equal(database.isTransaction, false)
  assert.equal(value(database, 'SELECT count(*) FROM child'), 0)
})

test('transaction() tells the error also where SQLite has rolled back by itself', () => {
  using database = openDatabase(':memory:')
  database.exec('CREATE TABLE t (x INTEGER UNIQUE) STRICT')
  const insertTwice = (): void => {
    insert(database)
    database.exec('INSERT OR ROLLBACK INTO t VALUES (1)')
  }
  assert.throws(() => transaction(database, insertTwice), /UNIQUE constraint failed/)
  assert.equal(database.isTransaction, false)
  assert.equal(value(database, 'SELECT count(*) FROM t'), 0)
})

test('transaction() within another is refused, and the outer one is undone', () => {
  using database = openDatabase(':memory:')
  create(database)
  assert.throws(
    () =>
      transaction(database, () => {
        insert(database)
        transaction(database, () => insert(database))
      }),
    /within a transaction/,
  )
  assert.equal(value(database, 'SELECT count(*) FROM t'), 0)
})
