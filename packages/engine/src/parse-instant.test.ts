import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseInstant } from './parse-instant.ts'

test('parseInstant() reads seconds, dates and durations', () => {
  assert.equal(parseInstant('1700000000.5'), 1_700_000_000_500)
  assert.equal(parseInstant('2026-01-02T03:04:05Z'), Date.UTC(2026, 0, 2, 3, 4, 5))
  assert.equal(parseInstant('1h30m', 10_000_000), 10_000_000 - 5_400_000)
  assert.throws(() => parseInstant('yesterday'), { code: 'invalid-argument' })
})
