import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from './database.ts'
import { prepare } from './prepare.ts'

const sql = 'SELECT count(*) AS rows FROM t'

test('prepare() compiles a statement once for each database', () => {
  using one = openDatabase(':memory:')
  using other = openDatabase(':memory:')
  for (const database of [one, other]) database.exec('CREATE TABLE t (x INTEGER) STRICT')
  assert.equal(prepare(one, sql), prepare(one, sql))
  assert.notEqual(prepare(one, sql), prepare(other, sql))
})

test('prepare() gives a statement that outlives a change of the schema', () => {
  using database = openDatabase(':memory:')
  database.exec('CREATE TABLE t (x INTEGER) STRICT; INSERT INTO t VALUES (1)')
  assert.equal(prepare(database, sql).get()?.['rows'], 1)
  database.exec('DROP TABLE t; CREATE TABLE t (y TEXT, z TEXT) STRICT')
  assert.equal(prepare(database, sql).get()?.['rows'], 0)
})
