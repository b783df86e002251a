import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readBounded } from './bounded.ts'

async function* bodyOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

test('readBounded() returns the whole body up to the limit, and refuses the rest', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat(40), async (chunks, limitBytes) => {
      const whole = Buffer.concat(chunks)
      const read = readBounded(bodyOf(chunks), limitBytes, 'body')
      if (whole.length <= limitBytes) assert.deepEqual(Buffer.from(await read), whole)
      else {
        const message = `Cannot read body: larger than ${limitBytes} bytes`
        await assert.rejects(read, { code: 'invalid-argument', message })
      }
    }),
  )
})

test('readBounded() closes a body that never ends', async () => {
  let closed = false
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(1024)
    } finally {
      closed = true
    }
  }
  await assert.rejects(readBounded(endless(), 10_000, 'noise'), { code: 'invalid-argument' })
  assert.equal(closed, true)
})
