import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseByteRange } from './byte-range.ts'

test('parseByteRange() gives what RFC 9110 says', () => {
  assert.deepEqual(parseByteRange('bytes=0-0', 10), { start: 0, end: 0 })
  assert.deepEqual(parseByteRange('bytes=5-', 10), { start: 5, end: 9 })
  assert.deepEqual(parseByteRange('bytes=-3', 10), { start: 7, end: 9 })
  assert.deepEqual(parseByteRange('bytes=-30', 10), { start: 0, end: 9 })
  assert.deepEqual(parseByteRange('bytes=2-30', 10), { start: 2, end: 9 })
  for (const header of ['bytes=10-', 'bytes=10-11', 'bytes=-0'])
    assert.equal(parseByteRange(header, 10), 'unsatisfiable')
  assert.equal(parseByteRange('bytes=0-', 0), 'unsatisfiable')
  for (const header of [undefined, '', 'bytes', 'bytes=-', 'bytes=3-2', 'bytes=0-1,3-4', 'items=0-1']) {
    assert.equal(parseByteRange(header, 10), undefined)
  }
})

test('parseByteRange() never leaves the body', () => {
  const number = fc.oneof(fc.constant(''), fc.nat().map(String), fc.string())
  fc.assert(
    fc.property(number, number, fc.nat(), (first, last, sizeBytes) => {
      const range = parseByteRange(`bytes=${first}-${last}`, sizeBytes)
      if (range === undefined || range === 'unsatisfiable') return
      assert.ok(range.start >= 0 && range.start <= range.end && range.end < sizeBytes)
    }),
  )
})
