import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { encodeFrame, FrameDecoder, type RawStreamName } from './raw-stream.ts'

test('encodeFrame() writes the eight bytes of header', () => {
  assert.deepEqual([...encodeFrame('stderr', Buffer.from('hi'))], [2, 0, 0, 0, 0, 0, 0, 2, 104, 105])
})

test('FrameDecoder gives back the bytes of each stream however they are cut', () => {
  const frame = fc.record({
    stream: fc.constantFrom<RawStreamName>('stdout', 'stderr', 'system'),
    payload: fc.uint8Array({ maxLength: 40 }),
  })
  fc.assert(
    fc.property(fc.array(frame), fc.integer({ min: 1, max: 13 }), (frames, cut) => {
      const bytes = Buffer.concat(frames.map(({ stream, payload }) => encodeFrame(stream, payload)))
      const decoder = new FrameDecoder()
      const seen: Record<string, number[]> = {}
      for (let offset = 0; offset < bytes.length; offset += cut) {
        for (const { stream, payload } of decoder.push(bytes.subarray(offset, offset + cut))) {
          ;(seen[stream] ??= []).push(...payload)
        }
      }
      assert.ok(decoder.isComplete)
      for (const name of ['stdout', 'stderr', 'system']) {
        const sent = frames.filter(({ stream }) => stream === name).flatMap(({ payload }) => [...payload])
        assert.deepEqual(seen[name] ?? [], sent)
      }
    }),
  )
})

test('FrameDecoder refuses bytes that are not frames', () => {
  assert.throws(() => new FrameDecoder().push(Buffer.from('hello world')), { code: 'data-loss' })
})

test('FrameDecoder knows an end inside a frame', () => {
  const decoder = new FrameDecoder()
  decoder.push(encodeFrame('stdout', Buffer.from('abc')).subarray(0, 9))
  assert.equal(decoder.isComplete, false)
})
