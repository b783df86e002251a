import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openGzipDecoder, type GzipDecoder } from './index.ts'

const decoder = openGzipDecoder()
const skip = decoder ? false : 'needs ISA-L (libisal.so.2)'
const opened = decoder as GzipDecoder

test('decode() goes on where input or room ended, and says when a member has ended', { skip }, async () => {
  const text = Buffer.from('some text, some more text. '.repeat(1000))
  const member = gzipSync(text)
  const room = Buffer.alloc(1000)
  const out: Buffer[] = []
  opened.begin()
  for (let at = 0, isEnd = false; !isEnd;) {
    const part = await opened.decode(member.subarray(at, at + 7), room)
    assert.equal(part.fault, undefined)
    out.push(Buffer.from(room.subarray(0, part.writtenBytes)))
    at += part.readBytes
    isEnd = part.isEnd
  }
  assert.ok(Buffer.concat(out).equals(text))
})

test('decode() leaves what follows a member', { skip }, async () => {
  const member = gzipSync('a')
  opened.begin()
  const part = await opened.decode(Buffer.concat([member, Buffer.from('rest')]), Buffer.alloc(100))
  assert.deepEqual(part, { readBytes: member.length, writtenBytes: 1, isEnd: true })
})

test('decode() says what is wrong in the words of zlib', { skip }, async () => {
  const changed = (index: number, value: number) => {
    const member = gzipSync('a'.repeat(100))
    member.writeUInt8(value, index < 0 ? member.length + index : index)
    return member
  }
  const wrong = {
    'incorrect header check': changed(1, 0),
    'unknown compression method': changed(2, 7),
    'unknown header flags set': changed(3, 0x20),
    'invalid block': changed(10, 0xff),
    'incorrect data check': changed(-5, 1),
  }
  for (const [fault, member] of Object.entries(wrong)) {
    opened.begin()
    assert.equal((await opened.decode(member, Buffer.alloc(1000))).fault, fault)
  }
})
