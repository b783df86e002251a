import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestRate } from './request-rate.ts'

test("take() lets a minute's requests through at once, then one as each becomes free", () => {
  let now = 0
  const rate = new RequestRate(6, () => now)
  for (let index = 0; index < 6; index++) assert.equal(rate.take(0), 0)
  assert.equal(rate.take(5000), 10_000)
  assert.equal(rate.take(10_000), 10_000)
  assert.equal(rate.take(30_000), 20_000)
  now = 30_000
  assert.equal(rate.take(0), 0)
  assert.equal(rate.take(0), 10_000)
  now = 3_600_000
  for (let index = 0; index < 6; index++) assert.equal(rate.take(0), 0)
  assert.ok(rate.take(0) > 0)
})
