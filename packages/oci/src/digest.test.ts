import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded } from '@berth/stdx'
import fc from 'fast-check'
import {
  digestAlgorithm,
  Digester,
  digestHex,
  digestOf,
  findDigestFault,
  isDigest,
  parseDigest,
} from './digest.ts'

// FIPS 180-4, the message "abc".
const abc256 = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const abc512 =
  'sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f'

test('digestOf() hashes with the algorithm asked for', () => {
  assert.equal(digestOf('abc'), abc256)
  assert.equal(digestOf(Buffer.from('abc'), 'sha512'), abc512)
})

test('parseDigest() takes registered algorithms in lower case and of their length', () => {
  for (const text of [abc256, abc512]) {
    const digest = parseDigest(text)
    assert.equal(`${digestAlgorithm(digest)}:${digestHex(digest)}`, text)
  }
})

test('findDigestFault() says why a text is no digest', () => {
  const hex = 'a'.repeat(64)
  for (const [text, fault] of [
    [abc256, undefined],
    ['', 'invalid checksum digest format'],
    [':', 'invalid checksum digest format'],
    [hex, 'invalid checksum digest format'],
    [`:${hex}`, 'invalid checksum digest format'],
    ['sha256:', 'invalid checksum digest format'],
    [`sha256:${'A'.repeat(64)}`, 'invalid checksum digest format'],
    [`sha256:${'g'.repeat(64)}`, 'invalid checksum digest format'],
    [`sha256:${'../'.repeat(21)}a`, 'invalid checksum digest format'],
    [`sha256:${'a'.repeat(63)}\n`, 'invalid checksum digest format'],
    [`sha256:${hex}\n`, 'invalid checksum digest length'],
    [`sha256:${hex.slice(1)}`, 'invalid checksum digest length'],
    [`sha512:${hex}`, 'invalid checksum digest length'],
    [`SHA256:${hex}`, 'unsupported digest algorithm'],
    [`md5:${'a'.repeat(32)}`, 'unsupported digest algorithm'],
    [`__proto__:${hex}`, 'unsupported digest algorithm'],
    [`toString:${hex}`, 'unsupported digest algorithm'],
  ] as const) {
    assert.equal(findDigestFault(text), fault, text)
    assert.equal(isDigest(text), fault === undefined)
  }
})

test('parseDigest() quotes no more than the beginning of what it refuses', () => {
  assert.throws(
    () => parseDigest('x'.repeat(1e6)),
    (error) => isCoded(error, 'invalid-argument') && error.message.length < 300,
  )
})

test('isDigest() is true for what hashers make and throws for nothing', () => {
  const algorithm = fc.constantFrom('sha256' as const, 'sha512' as const)
  fc.assert(fc.property(fc.uint8Array(), algorithm, (bytes, name) => isDigest(digestOf(bytes, name))))
  fc.assert(fc.property(fc.string(), (text) => !isDigest(text)))
})

test('Digester digests pieces as the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (chunks) => {
      const digester = new Digester('sha512')
      for (const chunk of chunks) digester.update(chunk)
      const whole = Buffer.concat(chunks)
      assert.equal(digester.sizeBytes, whole.length)
      assert.equal(digester.digest(), digestOf(whole, 'sha512'))
    }),
  )
})
