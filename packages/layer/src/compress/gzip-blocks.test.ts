import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { gzipBlocks } from './gzip-blocks.ts'

const blockBytes = 128 * 1024

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += pieceBytes)
    yield bytes.subarray(start, start + pieceBytes)
}

const gzip = async (bytes: Buffer, pieceBytes = 65_536): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(gzipBlocks(inPieces(bytes, pieceBytes))))

for (const size of [0, 1, blockBytes - 1, blockBytes, blockBytes + 1, 5 * blockBytes + 7]) {
  test(`gzipBlocks() gives back ${size} bytes, as one member`, async () => {
    const bytes = randomBytes(size)
    const compressed = await gzip(bytes)
    assert.deepEqual(gunzipSync(compressed), bytes)
    const { status, stdout } = spawnSync('gzip', ['-dc'], { input: compressed, maxBuffer: 2 * size + 1024 })
    assert.equal(status, 0)
    assert.deepEqual(stdout, bytes)
  })
}

test('gzipBlocks() gives the same whatever the pieces are', async () => {
  const bytes = Buffer.alloc(3 * blockBytes + 1, 'the same bytes ')
  const whole = await gzip(bytes, bytes.length)
  for (const pieceBytes of [1000, blockBytes - 1, blockBytes, blockBytes + 1])
    assert.deepEqual(await gzip(bytes, pieceBytes), whole)
})

test('gzipBlocks() looks back over the edge of a block', async () => {
  const once = randomBytes(16 * 1024)
  const filler = Buffer.alloc(blockBytes - once.length)
  const twice = await gzip(Buffer.concat([filler, once, once]))
  assert.ok(twice.length < once.length * 1.2, `${twice.length} bytes`)
})

test('gzipBlocks() stores what does not shrink, and shrinks what surrounds it', async () => {
  const noise = randomBytes(2 * blockBytes)
  const text = Buffer.alloc(2 * blockBytes, 'a line of text\n')
  const compressed = await gzip(Buffer.concat([text, noise, text]))
  assert.ok(compressed.includes(noise.subarray(blockBytes / 2, blockBytes / 2 + 1000)))
  assert.ok(compressed.length < noise.length * 1.01, `${compressed.length} bytes`)
})

test('gzipBlocks() throws what its source throws', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield randomBytes(2 * blockBytes)
    throw new Error('gone')
  }
  await assert.rejects(Array.fromAsync(gzipBlocks(failing())), { message: 'gone' })
})

test('gzipBlocks() ends its source when its reader leaves', async () => {
  let isEnded = false
  async function* source(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield randomBytes(blockBytes)
    } finally {
      isEnded = true
    }
  }
  for await (const piece of gzipBlocks(source())) if (piece.length > blockBytes) break
  assert.ok(isEnded)
})
