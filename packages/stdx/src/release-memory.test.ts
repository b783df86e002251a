import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseMemory } from './release-memory.ts'

const mebibyte = 1024 * 1024

test('releaseMemory() frees what a piece is all of, and a large chunk with its last piece', () => {
  const whole = new Uint8Array(100)
  releaseMemory(whole)
  assert.equal(whole.length, 0)
  const chunk = new Uint8Array(mebibyte)
  const [first, last] = [chunk.subarray(0, 10), chunk.subarray(10)]
  releaseMemory(first)
  assert.equal(first.length, 10)
  releaseMemory(last)
  assert.equal(chunk.length, 0)
})

test('releaseMemory() leaves memory that others share', () => {
  const pooled = Buffer.from('from the pool')
  releaseMemory(pooled)
  assert.equal(pooled.toString(), 'from the pool')
  const small = new Uint8Array(100)
  releaseMemory(small.subarray(50))
  assert.equal(small.length, 100)
  const shared = new Uint8Array(new SharedArrayBuffer(10))
  releaseMemory(shared)
  assert.equal(shared.length, 10)
})
