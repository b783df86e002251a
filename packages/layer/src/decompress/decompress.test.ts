import { isCoded } from '@berth/stdx'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { decompress } from './decompress.ts'

const skippable = Buffer.from('502a4d1804000000abcdefff', 'hex')
const gzip = (text: string): Buffer => gzipSync(text)
const zstd = (text: string): Buffer => zstdCompressSync(Buffer.from(text))

async function* pieces(...parts: Buffer[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

const text = async (...parts: Buffer[]): Promise<string> =>
  Buffer.concat(await Array.fromAsync(decompress(pieces(...parts), { compression: 'auto' }))).toString()

test('decompress() finds out the compression by the first bytes', async () => {
  assert.equal(await text(gzip('a')), 'a')
  assert.equal(await text(zstd('a')), 'a')
  assert.equal(await text(Buffer.from('plain')), 'plain')
  assert.equal(await text(), '')
  assert.equal(await text(...[...gzip('split')].map((byte) => Buffer.from([byte]))), 'split')
})

test('decompress() takes what only begins like a kind for plain bytes', async () => {
  assert.equal(await text(Buffer.from('BZh-file-name')), 'BZh-file-name')
  assert.equal(await text(Buffer.from('BZh9')), 'BZh9')
})

test('decompress() goes on with members, frames and behind skippable frames', async () => {
  assert.equal(await text(gzip('a'), gzip('b')), 'ab')
  assert.equal(await text(Buffer.concat([gzip('a'), gzip('b')])), 'ab')
  assert.equal(await text(Buffer.concat([skippable, zstd('a'), skippable, zstd('b'), skippable])), 'ab')
})

test('decompress() refuses garbage behind the end', async () => {
  for (const parts of [
    [gzip('a'), Buffer.from('garbage')],
    [zstd('a'), Buffer.from('garbage')],
  ]) {
    await assert.rejects(text(...parts), (error) => isCoded(error, 'invalid-argument'))
  }
})

test('decompress() says data-loss when the stream was cut off', async () => {
  for (const whole of [gzip('a'.repeat(1000)), zstd('a'.repeat(1000))]) {
    await assert.rejects(text(whole.subarray(0, -3)), (error) => isCoded(error, 'data-loss'))
  }
})

test('decompress() passes on the error of its source', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield gzip('a').subarray(0, 12)
    throw new TypeError('line cut')
  }
  await assert.rejects(Array.fromAsync(decompress(failing(), { compression: 'gzip' })), /line cut/)
})

test('decompress() ends its source when the reader leaves', async () => {
  let isOver = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      while (true) yield gzipSync(randomBytes(100_000))
    } finally {
      isOver = true
    }
  }
  for await (const _ of decompress(endless(), { compression: 'gzip' })) break
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(isOver)
})
