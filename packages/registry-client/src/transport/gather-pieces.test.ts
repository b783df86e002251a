import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { gatherPieces } from './gather-pieces.ts'

const kibibyte = 1024
const chunksOf = (bytes: Buffer, sizeBytes: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / sizeBytes) }, (_, index) =>
    // Each with memory of its own, as a socket gives them.
    Buffer.from(new Uint8Array(bytes.subarray(index * sizeBytes, (index + 1) * sizeBytes)).buffer),
  )

test('gatherPieces() gives a slow reader all that came meanwhile, up to a limit', async () => {
  const bytes = randomBytes(5 * kibibyte * kibibyte)
  const pieces: Buffer[] = []
  for await (const piece of gatherPieces(Readable.from(chunksOf(bytes, 64 * kibibyte)))) {
    await setTimeout(20)
    pieces.push(piece)
  }
  assert.ok(Buffer.concat(pieces).equals(bytes))
  assert.ok(pieces.length < 30, `${pieces.length} pieces`)
  assert.ok(pieces.every(({ length }) => length < 400 * kibibyte))
})

test('gatherPieces() gives what came before a stream failed, then the error', async () => {
  const stream = new Readable({ read: () => {} })
  stream.push('first, ')
  const pieces: string[] = []
  await assert.rejects(async () => {
    for await (const piece of gatherPieces(stream)) {
      pieces.push(piece.toString())
      if (pieces.length > 1) continue
      stream.push('second')
      await setTimeout(10)
      stream.destroy(new TypeError('line cut'))
      await setTimeout(10)
    }
  }, /line cut/)
  assert.deepEqual(pieces, ['first, ', 'second'])
})

test('gatherPieces() ends with a stream that is closed early', async () => {
  const stream = new Readable({ read: () => {} })
  stream.push('x')
  for await (const piece of gatherPieces(stream)) {
    assert.equal(piece.toString(), 'x')
    stream.destroy()
  }
  assert.ok(stream.destroyed)
})

test('gatherPieces() ends with a stream that was cut before it was read', async () => {
  for (const error of [undefined, new TypeError('line cut')]) {
    const stream = new Readable({ read: () => {} }).on('error', () => {})
    stream.push('x')
    stream.destroy(error)
    await setTimeout(10)
    const reading = Array.fromAsync(gatherPieces(stream))
    if (error) await assert.rejects(reading, error)
    else assert.deepEqual(await reading, [])
  }
})
