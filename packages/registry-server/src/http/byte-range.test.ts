import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseByteRanges } from './byte-range.ts'

test('parseByteRanges() gives what RFC 9110 says', () => {
  assert.deepEqual(parseByteRanges('bytes=0-0', 10), [{ start: 0, end: 0 }])
  assert.deepEqual(parseByteRanges('bytes=5-', 10), [{ start: 5, end: 9 }])
  assert.deepEqual(parseByteRanges('bytes=-3', 10), [{ start: 7, end: 9 }])
  assert.deepEqual(parseByteRanges('bytes=-30', 10), [{ start: 0, end: 9 }])
  assert.deepEqual(parseByteRanges('bytes=2-30', 10), [{ start: 2, end: 9 }])
  const several = [
    { start: 0, end: 1 },
    { start: 8, end: 9 },
  ]
  assert.deepEqual(parseByteRanges('bytes=0-1, 50-60,-2', 10), several)
  for (const header of ['bytes=10-', 'bytes=10-11', 'bytes=-0', 'bytes=10-,20-30', 'bytes=3-2']) {
    assert.equal(parseByteRanges(header, 10), 'unsatisfiable')
  }
  for (const header of ['bytes=0-', 'bytes=-5', 'bytes=0-0'])
    assert.equal(parseByteRanges(header, 0), 'unsatisfiable')
})

test('parseByteRanges() ignores what is malformed and what asks for more than there is', () => {
  const ignored = [undefined, '', 'bytes', 'bytes=', 'bytes=-', 'items=0-1', 'bytes=0-1,', 'bytes=0-9,0-9']
  for (const header of ignored) assert.equal(parseByteRanges(header, 10), undefined)
  assert.equal(
    parseByteRanges(`bytes=${Array.from({ length: 101 }, (_, index) => `${index}-${index}`).join()}`, 1000),
    undefined,
  )
})

test('parseByteRanges() never leaves the body', () => {
  const number = fc.oneof(fc.constant(''), fc.nat(200).map(String), fc.nat().map(String))
  const ranges = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(ranges, fc.nat(300), (pairs, sizeBytes) => {
      const parsed = parseByteRanges(`bytes=${pairs.map((pair) => pair.join('-')).join(',')}`, sizeBytes)
      if (parsed === undefined || parsed === 'unsatisfiable') return
      assert.ok(parsed.length > 0)
      for (const { start, end } of parsed) assert.ok(start >= 0 && start <= end && end < sizeBytes)
    }),
  )
})
