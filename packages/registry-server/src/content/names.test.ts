import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '@berth/oci'
import { parseManifestReference, parseRepository, parseTag } from './names.ts'

test('parseRepository() takes the names of the grammar', () => {
  for (const name of ['a', 'library/alpine', 'a.b_c__d-e--f/0', 'a'.repeat(255)])
    assert.equal(parseRepository(name), name)
})

test('parseRepository() refuses all others', () => {
  const refused = [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'A',
    'a..b',
    'a___b',
    '.a',
    'a.',
    'a/../b',
    'a\n',
    'a:b',
    'a@b',
    '_',
    'a'.repeat(256),
  ]
  for (const name of refused) assert.throws(() => parseRepository(name), { kind: 'NAME_INVALID' }, name)
})

test('parseRepository() is fast on text made to be slow', () => {
  const text = `${'a-'.repeat(127)}!`
  const begun = process.cpuUsage()
  assert.throws(() => parseRepository(text))
  assert.ok(process.cpuUsage(begun).user < 50_000)
})

test('parseManifestReference() tells digests from tags', () => {
  const digest = digestOf('x', 'sha512')
  assert.deepEqual(parseManifestReference(digest), { digest })
  assert.deepEqual(parseManifestReference('v1.0_x-y'), { tag: 'v1.0_x-y' })
  assert.throws(() => parseManifestReference('sha256:beef'), { kind: 'DIGEST_INVALID' })
})

test('parseTag() never takes what could leave a directory', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        assert.match(parseTag(text), /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/)
      } catch (error) {
        assert.equal((error as { kind?: string }).kind, 'TAG_INVALID')
      }
    }),
  )
})
