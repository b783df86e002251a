import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeJson, formatJson } from './json-encode.ts'

test('formatJson() writes bigints as their digits, at any depth', () => {
  assert.equal(
    formatJson({ Memory: [2n ** 64n - 1n], Name: 'a' }),
    '{"Memory":[18446744073709551615],"Name":"a"}\n',
  )
})

test('formatJson() writes what it has no value for as null', () => {
  assert.equal(formatJson(undefined), 'null\n')
})

test('formatJson() throws for what is a circle', () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  assert.throws(() => formatJson(circle), TypeError)
})

test('encodeJson() gives UTF-8', () => {
  assert.deepEqual(encodeJson('ü', '\r\n'), Buffer.from([0x22, 0xc3, 0xbc, 0x22, 0x0d, 0x0a]))
})
