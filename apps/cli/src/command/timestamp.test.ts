import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTimestamp } from './timestamp.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)

test('parseTimestamp() takes durations before now, seconds and RFC 3339', () => {
  assert.equal(parseTimestamp('', now), undefined)
  assert.equal(parseTimestamp('1767323045.5', now), '1767323045.5')
  assert.equal(parseTimestamp('1h', now), `${now / 1000 - 3600}.000000000`)
  assert.equal(parseTimestamp('2026-01-02T03:04:05.123456789Z', now), `${now / 1000}.123456789`)
  assert.equal(parseTimestamp('2026-01-02T05:04:05+02:00', now), `${now / 1000}.000000000`)
})

test('parseTimestamp() takes a time without zone as ours', () => {
  const midnight = new Date(2026, 0, 2).getTime() / 1000
  assert.equal(parseTimestamp('2026-01-02', now), `${midnight}.000000000`)
  assert.equal(parseTimestamp('2026-01-02T00:00', now), `${midnight}.000000000`)
})

test('parseTimestamp() refuses other text', () => {
  assert.throws(() => parseTimestamp('yesterday', now), { code: 'invalid-argument' })
})
