import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeAttributes, encodeAttribute } from './attribute.ts'
import { decodeMessages, encodeMessage } from './message.ts'

test('decodeAttributes() reads back what encodeAttribute() wrote', () => {
  const attributes = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 0, max: 0x3fff }), fc.uint8Array({ maxLength: 40 })),
    {
      selector: ([type]) => type,
    },
  )
  fc.assert(
    fc.property(attributes, (list) => {
      const bytes = Buffer.concat(list.map(([type, payload]) => encodeAttribute(type, payload)))
      assert.deepEqual(
        [...decodeAttributes(bytes)],
        list.map(([type, payload]) => [type, Buffer.from(payload)]),
      )
    }),
  )
})

test('encodeAttribute() throws when the length does not fit 16 bits (CVE-2021-43784)', () => {
  assert.equal(encodeAttribute(1, Buffer.alloc(65_531)).length, 65_536)
  assert.throws(() => encodeAttribute(1, Buffer.alloc(65_532)), { code: 'invalid-argument' })
})

test('decodeAttributes() and decodeMessages() end on any bytes, by a result or a coded error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const decode of [decodeAttributes, decodeMessages]) {
        try {
          decode(bytes)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'internal')
        }
      }
    }),
  )
})

test('decodeMessages() reads back what encodeMessage() wrote', () => {
  const requests = [1, 2, 3].map((sequence) => {
    const parts = [Buffer.alloc(sequence * 4, sequence)]
    return encodeMessage({ type: 16, parts, purpose: 'test' }, sequence)
  })
  const messages = decodeMessages(Buffer.concat(requests))
  assert.deepEqual(
    messages.map(({ type, sequence, body }) => [type, sequence, body.length]),
    [
      [16, 1, 4],
      [16, 2, 8],
      [16, 3, 12],
    ],
  )
})
