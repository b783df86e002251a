import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUsedUp, limitText } from './rate-limit.ts'

test('limitText() says what is told, and nothing of what is not', () => {
  const all = {
    'ratelimit-limit': '100;w=21600',
    'ratelimit-remaining': '0;w=21600',
    'docker-ratelimit-source': '203.0.113.7',
  }
  assert.equal(limitText(all), ' (100 pulls in 6 hours, 0 left, counted for 203.0.113.7)')
  assert.equal(limitText({ 'ratelimit-limit': '200' }), ' (200 pulls)')
  assert.equal(limitText({ 'ratelimit-limit': '5;w=3600' }), ' (5 pulls in an hour)')
  assert.equal(limitText({ 'ratelimit-limit': '5;w=90' }), ' (5 pulls in 90 seconds)')
  for (const odd of ['', '-1', '1;w=x', 'many', '9'.repeat(30)])
    assert.equal(limitText({ 'ratelimit-limit': odd }), '')
  const hostile = { ...all, 'docker-ratelimit-source': '\u001b[31mred)' }
  assert.equal(limitText(hostile), ' (100 pulls in 6 hours, 0 left, counted for 31mred)')
})

test('isUsedUp() is true for nothing left alone', () => {
  assert.equal(isUsedUp({ 'ratelimit-remaining': '0;w=21600' }), true)
  assert.equal(isUsedUp({ 'ratelimit-remaining': '1;w=21600' }), false)
  assert.equal(isUsedUp({}), false)
})
