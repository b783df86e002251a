import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { frameHeader } from './attached-client.ts'
import { endOfInput, inputBlock, InputBlocks } from './input-blocks.ts'
import { LineSplitter } from './json-lines.ts'
import { OutputFanOut } from './output-fan-out.ts'
import type { OutputChunk } from './output-fan-out.ts'
import { ProcessInput } from './process-input.ts'

test('frameHeader() is Docker’s', () => {
  assert.deepEqual([...frameHeader('stdout', 258)], [1, 0, 0, 0, 0, 0, 1, 2])
  assert.deepEqual([...frameHeader('stderr', 0)], [2, 0, 0, 0, 0, 0, 0, 0])
})

/** Cuts `data` at each of `sizes`, again and again. */
function cut(data: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < data.length;) {
    const size = sizes[parts.length % sizes.length] ?? 1
    parts.push(data.subarray(at, at + size))
    at += size
  }
  return parts
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })

test('InputBlocks finds the data and the end, however the blocks are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), sizes, (blocks, sizes) => {
      const wire = Buffer.concat([...blocks.flatMap(inputBlock), endOfInput])
      const parser = new InputBlocks()
      const results = cut(wire, sizes).map((part) => parser.push(part))
      assert.deepEqual(Buffer.concat(results.flatMap(({ data }) => data)), Buffer.concat(blocks))
      assert.deepEqual(results.map(({ isEnd }) => isEnd).indexOf(true), results.length - 1)
    }),
  )
})

test('LineSplitter finds the lines, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string().map((text) => text.replaceAll('\n', ''))), sizes, (lines, sizes) => {
      const splitter = new LineSplitter()
      const wire = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      assert.deepEqual(
        cut(wire, sizes).flatMap((part) => splitter.push(part)),
        lines.map((line) => Buffer.from(line).toString()),
      )
    }),
  )
})

test('LineSplitter refuses a line without end', () => {
  const splitter = new LineSplitter()
  assert.throws(
    () => {
      for (let sent = 0; sent < 20; sent++) splitter.push(Buffer.alloc(1 << 20, 'x'))
    },
    { code: 'invalid-argument' },
  )
})

test('OutputFanOut stops reading while a sink is full and loses nothing', async () => {
  const output = new OutputFanOut()
  const source = new PassThrough()
  const seen: string[] = []
  let isFull = true
  const ready = output.add({
    write({ data }: OutputChunk) {
      seen.push(Buffer.from(data).toString())
      return !isFull
    },
    end: () => seen.push('end'),
  })
  output.open([['stdout', source]], false)
  source.write('a')
  await new Promise(setImmediate)
  assert.ok(source.isPaused())
  assert.equal(output.quietMs, 0)
  source.end('b')
  isFull = false
  ready()
  await output.ended
  assert.deepEqual(seen, ['a', 'b', 'end'])
})

test('OutputFanOut goes on when the sink that held it up is removed', async () => {
  const output = new OutputFanOut()
  const source = new PassThrough()
  const sink = { write: () => false, end() {} }
  output.add(sink)
  output.open([['stdout', source]], false)
  source.write('a')
  await new Promise(setImmediate)
  output.remove(sink)
  source.end('b')
  await output.ended
})

test('ProcessInput keeps what comes before the process, up to a limit', async () => {
  const input = new ProcessInput()
  const target = new PassThrough()
  assert.equal(input.write(Buffer.from('early ')), true)
  assert.equal(input.write(Buffer.alloc(1 << 20)), false)
  let isReady = false
  input.onceReady(() => (isReady = true))
  input.end()
  input.open(target, false)
  assert.ok(isReady)
  let sizeBytes = 0
  for await (const chunk of target) sizeBytes += (chunk as Buffer).length
  assert.equal(sizeBytes, 6 + (1 << 20))
})
