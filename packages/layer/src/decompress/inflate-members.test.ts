import { isCoded } from '@berth/stdx'
import { openGzipDecoder, type GzipDecoder } from '@berth/syscalls'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { constants, gzipSync } from 'node:zlib'
import { decompress } from './decompress.ts'
import { inflateMembers } from './inflate-members.ts'

const decoder = openGzipDecoder()
const skip = decoder ? false : 'needs ISA-L (libisal.so.2)'

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** What comes out, or the code of the error. */
async function outcome(decoded: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Buffer[] = []
  try {
    // Copied at once: a lent piece is good for a while.
    for await (const piece of decoded) parts.push(Buffer.from(piece))
    return Buffer.concat(parts).toString('latin1')
  } catch (error) {
    if (isCoded(error, 'data-loss', 'invalid-argument')) return error.code
    throw error
  }
}

const byIsal = (bytes: Uint8Array, size: number) =>
  outcome(inflateMembers(pieces(bytes, size), decoder as GzipDecoder))
const byZlib = (bytes: Uint8Array, size: number) =>
  outcome(decompress(pieces(bytes, size), { compression: 'gzip' }))

const text = Buffer.from(Array.from({ length: 3000 }, (_, line) => `${(line * 7919) % 1000}`).join('\n'))
const contents = [text, randomBytes(5000), Buffer.alloc(1_100_000), Buffer.alloc(0), Buffer.from('x')]
const { Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE } = constants

const member = fc
  .record({
    content: fc.constantFrom(...contents),
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE),
  })
  .map(({ content, ...options }) => gzipSync(content, options))
const members = fc.array(member, { minLength: 1, maxLength: 3 }).map((all) => Buffer.concat(all))
const pieceBytes = fc.oneof(fc.integer({ min: 20, max: 50 }), fc.integer({ min: 500, max: 100_000 }))
/** Where, from the beginning or anywhere, and which bits. */
const damage = fc.record({
  at: fc.oneof(fc.double({ min: 0, max: 0.01, noNaN: true }), fc.double({ min: 0, max: 0.999, noNaN: true })),
  bits: fc.integer({ min: 1, max: 255 }),
})

test('inflateMembers() gives what zlib gives', { skip }, async () => {
  const padding = fc.constantFrom(Buffer.alloc(0), Buffer.alloc(1), Buffer.alloc(700))
  await fc.assert(
    fc.asyncProperty(members, padding, pieceBytes, async (whole, zeros, size) => {
      const bytes = Buffer.concat([whole, zeros])
      const expected = await byZlib(bytes, 65_536)
      assert.notEqual(expected, 'invalid-argument')
      assert.ok((await byIsal(bytes, size)) === expected)
    }),
    { numRuns: 20 },
  )
})

test(
  'inflateMembers() refuses what zlib refuses: damaged, cut off, followed by something else',
  { skip },
  async () => {
    const tail = fc.constantFrom(Buffer.alloc(0), Buffer.from('more than a header of it'), randomBytes(1))
    const damages = fc.array(damage, { maxLength: 3 })
    const kept = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }))
    await fc.assert(
      fc.asyncProperty(members, fc.record({ damages, kept, tail }), pieceBytes, async (whole, how, size) => {
        const bytes = Buffer.concat([whole.subarray(0, Math.floor(whole.length * how.kept)), how.tail])
        for (const { at, bits } of bytes.length > 0 ? how.damages : []) {
          const index = Math.floor(at * bytes.length)
          bytes.writeUInt8(bytes.readUInt8(index) ^ bits, index)
        }
        const [expected, actual] = [await byZlib(bytes, 65_536), await byIsal(bytes, size)]
        // Of a stream that is both damaged and cut off either may be said.
        const isSame = expected === actual || (isRefusal(expected) && isRefusal(actual))
        assert.ok(isSame, `${expected.slice(0, 20)} became ${actual.slice(0, 20)}`)
      }),
      { numRuns: 100 },
    )
  },
)

const isRefusal = (text: string): boolean => text === 'invalid-argument' || text === 'data-loss'

test(
  'inflateMembers() says data-loss when the stream was cut off, invalid-argument when it is wrong',
  { skip },
  async () => {
    const whole = gzipSync(text)
    for (const size of [1, whole.length]) {
      for (const end of [0, 1, 9, 10, 100, whole.length - 8, whole.length - 1])
        assert.equal(await byIsal(whole.subarray(0, end), size), 'data-loss')
      for (const index of [0, 1, 2, whole.length - 1, whole.length - 8]) {
        const changed = Buffer.from(whole)
        changed.writeUInt8(changed.readUInt8(index) ^ 0x10, index)
        assert.equal(await byIsal(changed, size), 'invalid-argument')
      }
    }
  },
)

test('inflateMembers() ends its source when the reader leaves', { skip }, async () => {
  let isOver = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      while (true) yield gzipSync(randomBytes(100_000))
    } finally {
      isOver = true
    }
  }
  for await (const _ of inflateMembers(endless(), decoder as GzipDecoder)) break
  assert.ok(isOver)
})
