import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeClient } from './describe-client.ts'

test('describeClient() names browsers and systems, and programs by their own word', () => {
  const chrome =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'
  assert.equal(describeClient(chrome), 'Chrome on Linux')
  assert.equal(describeClient(`${chrome} Edg/140.0`), 'Edge on Linux')
  assert.equal(describeClient('docker/28.2.2 go/go1.24'), 'docker/28.2.2 go/go1.24')
  assert.equal(describeClient('x'.repeat(500)).length, 60)
  assert.equal(describeClient(''), 'An unknown program')
})
