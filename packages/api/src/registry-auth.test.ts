import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRegistryAuth, encodeRegistryAuth } from './registry-auth.ts'

test('encodeRegistryAuth() keeps the padding that Go clients send', () => {
  assert.equal(encodeRegistryAuth({}), 'e30=')
})

test('decodeRegistryAuth() reads with and without padding', () => {
  const auth = { username: 'ü?>', password: 'p' }
  const header = encodeRegistryAuth(auth)
  assert.deepEqual(decodeRegistryAuth(header), auth)
  assert.deepEqual(decodeRegistryAuth(header.replace(/=+$/, '')), auth)
})

test('decodeRegistryAuth() takes an unreadable header as none', () => {
  for (const header of [undefined, '', '!!', 'bnVsbA==', 'W10='])
    assert.deepEqual(decodeRegistryAuth(header), {})
})
