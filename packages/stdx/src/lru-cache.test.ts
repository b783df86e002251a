import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LruCache } from './lru-cache.ts'

test('LruCache() drops what was used longest ago when it is full', () => {
  const cache = new LruCache<string, Uint8Array>(100)
  for (const key of ['a', 'b', 'c', 'd']) cache.set(key, Buffer.alloc(25))
  cache.get('a')
  cache.set('e', Buffer.alloc(25))
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key)),
    ['a', 'c', 'd', 'e'],
  )
})

test('LruCache() does not keep a value that would push out most others', () => {
  const cache = new LruCache<string, Uint8Array>(100)
  cache.set('small', Buffer.alloc(10))
  cache.set('large', Buffer.alloc(26))
  assert.equal(cache.get('large'), undefined)
  assert.ok(cache.get('small'))
})

test('LruCache() counts a replaced value once', () => {
  const cache = new LruCache<string, Uint8Array>(100)
  for (let round = 0; round < 10; round++) cache.set('a', Buffer.alloc(25))
  cache.set('b', Buffer.alloc(25))
  assert.ok(cache.get('a') && cache.get('b'))
})
