import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseGoBoolean, parseQueryBoolean } from './go-boolean.ts'

test('parseGoBoolean() knows the words of strconv.ParseBool alone', () => {
  assert.equal(parseGoBoolean('T'), true)
  assert.equal(parseGoBoolean('False'), false)
  assert.equal(parseGoBoolean('yes'), undefined)
})

test('parseQueryBoolean() takes all but the words for no as true', () => {
  for (const text of [undefined, null, '', '0', ' No ', 'FALSE', 'none'])
    assert.equal(parseQueryBoolean(text), false)
  for (const text of ['1', 'true', 'yes', 'x']) assert.equal(parseQueryBoolean(text), true)
})
