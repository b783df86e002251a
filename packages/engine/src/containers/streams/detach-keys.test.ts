import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DetachWatch, parseDetachKeys } from './detach-keys.ts'

const watch = () => new DetachWatch(parseDetachKeys(''))
const bytes = (...list: number[]) => Uint8Array.from(list)

test('parseDetachKeys() reads plain and control keys', () => {
  assert.deepEqual(parseDetachKeys(''), bytes(16, 17))
  assert.deepEqual(parseDetachKeys('ctrl-@,a,ctrl-['), bytes(0, 97, 27))
  assert.throws(() => parseDetachKeys('ctrl-ß'), /Unknown character/)
})

test('filter() detaches also when the keys come one by one', () => {
  const keys = watch()
  assert.deepEqual(keys.filter(bytes(97, 16)), { forward: bytes(97), isDetached: false })
  assert.deepEqual(keys.filter(bytes(17)), { forward: bytes(), isDetached: true })
})

test('filter() hands on a sequence that was not finished', () => {
  const keys = watch()
  assert.deepEqual(keys.filter(bytes(16)).forward, bytes())
  assert.deepEqual(keys.filter(bytes(98)).forward, bytes(16, 98))
  assert.deepEqual(keys.filter(bytes(16, 16, 17)), { forward: bytes(16), isDetached: true })
})
