import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from './digest.ts'
import { verified } from './verified.ts'

async function* bodyOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

/** What came out, and the error that ended it. */
async function drain(
  chunks: readonly Uint8Array[],
  descriptor: Parameters<typeof verified>[1],
): Promise<{ bytes: Buffer; error: unknown }> {
  const received: Uint8Array[] = []
  try {
    for await (const chunk of verified(bodyOf(chunks), descriptor)) received.push(chunk)
  } catch (error) {
    return { bytes: Buffer.concat(received), error }
  }
  return { bytes: Buffer.concat(received), error: undefined }
}

const cut = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 8 })
const algorithms = fc.constantFrom('sha256' as const, 'sha512' as const)

test('verified() passes on what the descriptor says', async () => {
  await fc.assert(
    fc.asyncProperty(cut, algorithms, async (chunks, algorithm) => {
      const whole = Buffer.concat(chunks)
      const descriptor = { digest: digestOf(whole, algorithm), size: whole.length }
      const { bytes, error } = await drain(chunks, descriptor)
      assert.equal(error, undefined)
      assert.deepEqual(bytes, whole)
    }),
  )
})

test('verified() fails before the last byte when size or digest are others', async () => {
  const change = fc.constantFrom('short', 'long', 'other')
  await fc.assert(
    fc.asyncProperty(cut, algorithms, change, async (chunks, algorithm, change) => {
      const whole = Buffer.concat(chunks)
      const said = {
        short: Buffer.concat([whole, Buffer.from('x')]),
        long: whole.subarray(1),
        other: Buffer.from(whole.map((byte) => byte ^ 1)),
      }[change]
      fc.pre(!whole.equals(said))
      const descriptor = { digest: digestOf(said, algorithm), size: said.length }
      const { bytes, error } = await drain(chunks, descriptor)
      assert.equal((error as { code?: string }).code, 'data-loss')
      assert.ok(bytes.length < descriptor.size || descriptor.size === 0, `${bytes.length} handed on`)
    }),
  )
})

test('verified() keeps the last bytes back also when empty pieces follow them', async () => {
  const chunks = [Buffer.from('ab'), Buffer.alloc(0), Buffer.alloc(0)]
  const { bytes, error } = await drain(chunks, { digest: digestOf('other'), size: 2 })
  assert.match(String(error), /content has digest/)
  assert.equal(bytes.length, 0)
})

test('verified() takes an empty body only where an empty one was described', async () => {
  assert.equal((await drain([], { digest: digestOf(''), size: 0 })).error, undefined)
  assert.match(String((await drain([], { digest: digestOf('a'), size: 1 })).error), /got 0 of 1 bytes/)
  assert.match(String((await drain([], { digest: digestOf('a'), size: 0 })).error), /content has digest/)
})

test('verified() stops reading at the first byte too many, and closes the body', async () => {
  let read = 0
  let closed = false
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(10, read++)
    } finally {
      closed = true
    }
  }
  await assert.rejects(
    async () => {
      for await (const chunk of verified(endless(), { digest: digestOf('a'), size: 25 })) void chunk
    },
    { code: 'data-loss', message: /longer than 25 bytes/ },
  )
  assert.deepEqual([read, closed], [3, true])
})

test('verified() hands on the error of the body', async () => {
  async function* broken() {
    yield Buffer.from('a')
    throw new Error('cut')
  }
  const body = verified(broken(), { digest: digestOf('ab'), size: 2 })
  await assert.rejects(async () => {
    for await (const chunk of body) assert.fail(`${chunk.length} bytes`)
  }, /cut/)
})
