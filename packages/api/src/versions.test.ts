import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareVersions, versionAtLeast } from './versions.ts'

test('compareVersions() compares numbers, not text', () => {
  assert.ok(compareVersions('1.9', '1.41') < 0)
  assert.equal(compareVersions('1.41', '1.41.0'), 0)
  assert.ok(versionAtLeast('1.51', '1.51'))
  assert.ok(!versionAtLeast('1.41', '1.42'))
})
