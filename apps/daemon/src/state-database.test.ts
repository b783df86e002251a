import assert from 'node:assert/strict'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isCoded } from '@berth/stdx'
import { openStateDatabase } from './state-database.ts'

const rows = 500

/** A data root with a blob, and a database of several pages. */
function dataRoot(context: TestContext): { root: string; path: string } {
  const root = mkdtempSync(join(tmpdir(), 'berth-state-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  using database = openStateDatabase(root)
  database.exec('CREATE TABLE thing (name TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT')
  const insert = database.prepare('INSERT INTO thing VALUES (?, ?)')
  for (let index = 0; index < rows; index++) insert.run(`name-${index}`, 'x'.repeat(100))
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  mkdirSync(join(root, 'content/blobs/sha256'), { recursive: true })
  writeFileSync(join(root, 'content/blobs/sha256/blob'), '')
  return { root, path: join(root, 'berth.db') }
}

/** How many rows there are, undefined for a database that is refused. */
function countRows(root: string): number | undefined {
  try {
    using database = openStateDatabase(root)
    return Number(database.prepare('SELECT count(*) AS count FROM thing').get()?.['count'])
  } catch (error) {
    assert.ok(isCoded(error, 'data-loss'), String(error))
    return undefined
  }
}

test('openStateDatabase() refuses a database that is gone or empty where there are images', (context) => {
  const { root, path } = dataRoot(context)
  assert.equal(countRows(root), rows)
  truncateSync(path)
  assert.throws(() => openStateDatabase(root), {
    code: 'data-loss',
    message: /it is empty, but there are images/,
  })
  rmSync(path)
  assert.throws(() => openStateDatabase(root), { code: 'data-loss' })
  rmSync(join(root, 'content'), { recursive: true })
  using _ = openStateDatabase(root)
})

test('openStateDatabase() refuses a database that is cut at any page, and what is none', (context) => {
  const { root, path } = dataRoot(context)
  const whole = readFileSync(path)
  for (let length = whole.length - 4096; length > 0; length -= 4096) {
    writeFileSync(path, whole.subarray(0, length))
    assert.equal(countRows(root), undefined, `${length} bytes`)
  }
  writeFileSync(path, 'not a database at all, but long enough to be looked at'.repeat(200))
  assert.equal(countRows(root), undefined)
})

test('openStateDatabase() refuses a database with any flipped bit, or has every row', (context) => {
  const { root, path } = dataRoot(context)
  const original = `${path}.copy`
  copyFileSync(path, original)
  const whole = readFileSync(path)
  let refused = 0
  for (let offset = 0; offset < whole.length; offset += 397) {
    const flipped = Buffer.from(whole)
    flipped.writeUInt8(flipped.readUInt8(offset) ^ (1 << (offset % 8)), offset)
    for (const name of ['-wal', '-shm']) rmSync(`${path}${name}`, { force: true })
    writeFileSync(path, flipped)
    const count = countRows(root)
    if (count === undefined) refused++
    else assert.equal(count, rows, `bit flipped in byte ${offset}`)
  }
  assert.ok(refused > 0)
})
