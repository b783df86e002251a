import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { readAhead } from './read-ahead.ts'

test('readAhead() makes the next piece while one is used, and no more', async () => {
  const made: number[] = []
  let isClosed = false
  async function* source() {
    try {
      for (let piece = 1; piece <= 4; piece++) {
        made.push(piece)
        yield piece
      }
    } finally {
      isClosed = true
    }
  }
  for await (const piece of readAhead(source())) {
    await setImmediate()
    assert.deepEqual(made.at(-1), Math.min(piece + 1, 4))
    if (piece === 2) break
  }
  assert.deepEqual([made, isClosed], [[1, 2, 3], true])
})

test('readAhead() throws what its source throws, after the pieces before', async () => {
  const pieces: number[] = []
  async function* source() {
    yield 1
    await setImmediate()
    throw new Error('broken')
  }
  const read = async () => {
    for await (const piece of readAhead(source())) pieces.push(piece)
  }
  await assert.rejects(read, /broken/)
  assert.deepEqual(pieces, [1])
})
