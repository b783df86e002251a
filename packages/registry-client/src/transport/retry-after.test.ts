import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retryAfterMs } from './retry-after.ts'

test('retryAfterMs() reads seconds and dates, and caps both', () => {
  const nowMs = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')
  assert.equal(retryAfterMs('7', nowMs), 7_000)
  assert.equal(retryAfterMs('Wed, 21 Oct 2026 07:28:09 GMT', nowMs), 9_000)
  assert.equal(retryAfterMs('Wed, 21 Oct 2026 07:27:00 GMT', nowMs), 0)
  assert.equal(retryAfterMs('86400', nowMs), 60_000)
  assert.equal(retryAfterMs('Wed, 21 Oct 2027 07:28:00 GMT', nowMs), 60_000)
  assert.equal(retryAfterMs('soon', nowMs), undefined)
  assert.equal(retryAfterMs(undefined, nowMs), undefined)
})
