import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseGoDuration } from './go-duration.ts'

test('parseGoDuration() adds its parts', () => {
  assert.equal(parseGoDuration('1h30m'), 5400e9)
  assert.equal(parseGoDuration('500ms'), 5e8)
  assert.equal(parseGoDuration('-1.5s'), -1.5e9)
  assert.equal(parseGoDuration('0'), 0)
  assert.equal(parseGoDuration('2µs'), 2000)
})

test('parseGoDuration() refuses numbers without a unit and other text', () => {
  assert.throws(() => parseGoDuration('10'), { message: 'time: missing unit in duration "10"' })
  for (const text of ['', 'x', '1h x', '-', '1d'])
    assert.throws(() => parseGoDuration(text), /invalid duration/)
})
