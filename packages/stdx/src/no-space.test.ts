import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError } from './coded-error.ts'
import { openDatabase } from './database.ts'
import { noSpaceError } from './no-space.ts'

const systemError = (code: string) => Object.assign(new Error(`${code}: told by the kernel`), { code })

test('noSpaceError() finds a full disk below other errors', () => {
  const wrapped = new CodedError('internal', 'Cannot do it', { cause: systemError('ENOSPC') })
  const found = noSpaceError(wrapped, 'pull image')
  assert.equal(found?.code, 'no-space')
  assert.equal(found.message, 'Cannot pull image: no space left on device')
  assert.equal(noSpaceError(found, 'do more'), found)
  assert.equal(noSpaceError(new SuppressedError(systemError('EIO'), found), 'do more'), found)
  assert.match(noSpaceError(systemError('EDQUOT'), 'write')?.message ?? '', /disk quota exceeded/)
})

test('noSpaceError() knows a full database', () => {
  using database = openDatabase(':memory:')
  database.exec('PRAGMA max_page_count = 4')
  assert.throws(
    () => database.exec('CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))'),
    (error) => noSpaceError(error, 'write')?.code === 'no-space',
  )
})

test('noSpaceError() is undefined for anything else', () => {
  for (const error of [systemError('EIO'), new Error('x'), undefined, 'ENOSPC'])
    assert.equal(noSpaceError(error, 'write'), undefined)
})
