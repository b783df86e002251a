import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseEncoding } from './compressed.ts'

test('chooseEncoding() takes the smallest that the client reads', () => {
  assert.equal(chooseEncoding('gzip, deflate, br, zstd'), 'br')
  assert.equal(chooseEncoding('gzip;q=0.8'), 'gzip')
  assert.equal(chooseEncoding('br;q=0, GZIP'), 'gzip')
  for (const none of [undefined, '', 'identity', 'brotli', 'gzip;q=0, br;q=0.0'])
    assert.equal(chooseEncoding(none), undefined)
})
