import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { DetachKeyFilter, parseDetachKeys } from './detach-keys.ts'

test('parseDetachKeys() reads control keys and characters', () => {
  assert.deepEqual([...parseDetachKeys('ctrl-p,ctrl-q')], [16, 17])
  assert.deepEqual([...parseDetachKeys('ctrl-@,a,ctrl-[')], [0, 97, 27])
  assert.throws(() => parseDetachKeys('ctrl-1'), { code: 'invalid-argument' })
})

test('DetachKeyFilter finds the sequence however it is cut, and passes on what is none', () => {
  const filter = new DetachKeyFilter(Uint8Array.of(16, 17))
  assert.deepEqual(filter.push(Uint8Array.of(97, 16)), { data: Uint8Array.of(97), isDetached: false })
  assert.deepEqual(filter.push(Uint8Array.of(98)), { data: Uint8Array.of(16, 98), isDetached: false })
  assert.deepEqual(filter.push(Uint8Array.of(16)), { data: Uint8Array.of(), isDetached: false })
  assert.deepEqual(filter.push(Uint8Array.of(17, 99)), { data: Uint8Array.of(), isDetached: true })
})

test('DetachKeyFilter loses nothing of what has no such keys', () => {
  const typed = fc.array(fc.uint8Array({ max: 15 }))
  fc.assert(
    fc.property(typed, (chunks) => {
      const filter = new DetachKeyFilter(Uint8Array.of(16, 17))
      assert.deepEqual(
        chunks.flatMap((chunk) => [...filter.push(chunk).data]),
        chunks.flatMap((chunk) => [...chunk]),
      )
    }),
  )
})
