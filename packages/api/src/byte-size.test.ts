import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { formatBinarySize, formatSize, parseBinarySize, parseSize } from './byte-size.ts'

test('formatSize() prints powers of 1000 with the digits asked for', () => {
  assert.equal(formatSize(0), '0B')
  assert.equal(formatSize(13_256, 3), '13.3kB')
  assert.equal(formatSize(1_983_000, 3), '1.98MB')
  assert.equal(formatSize(1_024_000), '1.024MB')
  assert.equal(formatSize(290_000_000, 3), '290MB')
})

test('formatBinarySize() prints powers of 1024', () => {
  assert.equal(formatBinarySize(8_283_975_680), '7.715GiB')
  assert.equal(formatBinarySize(1023), '1023B')
})

test('parseBinarySize() reads what flags take', () => {
  const cases = {
    '64m': 67_108_864,
    '1.5GiB': 1_610_612_736,
    '512': 512,
    '10 kb': 10_240,
    '3b': 3,
    '.5k': 512,
  }
  for (const [text, bytes] of Object.entries(cases)) assert.equal(parseBinarySize(text), bytes, text)
  assert.equal(parseSize('10kB'), 10_000)
})

test('parseBinarySize() refuses in the words that flags show', () => {
  assert.throws(() => parseBinarySize('x'), { message: "invalid size: 'x'" })
  assert.throws(() => parseBinarySize('-1'), { message: "invalid size: '-1'" })
  assert.throws(() => parseBinarySize('1x'), { message: "invalid suffix: 'x'" })
  assert.throws(() => parseBinarySize('1bb'), { message: "invalid suffix: 'bb'" })
  assert.throws(() => parseBinarySize('1..5m'), /invalid syntax/)
})

test('parseSize() reads back every whole number of bytes', () => {
  fc.assert(fc.property(fc.nat(), (sizeBytes) => parseSize(String(sizeBytes)) === sizeBytes))
})
