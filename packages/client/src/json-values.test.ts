import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { jsonValues, parseJson } from './json-values.ts'

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size)
}

const values = (text: string, size = 7) => Array.fromAsync(jsonValues(cut(Buffer.from(text), size)))

test('jsonValues() gives each value however the bytes are cut and parted', async () => {
  const object = fc.dictionary(
    fc.string(),
    fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string())),
  )
  const list = fc.array(object.map((one) => JSON.parse(JSON.stringify(one)) as unknown))
  await fc.assert(
    fc.asyncProperty(
      list,
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom('', '\n', '\r\n', ' '),
      async (objects, size, between) => {
        const text = objects.map((one) => JSON.stringify(one) + between).join('')
        assert.deepEqual(await values(text, size), objects)
      },
    ),
  )
})

test('jsonValues() tells a stream that was cut off or is none', async () => {
  await assert.rejects(values('{"a":1}{"b"'), { code: 'data-loss', message: 'unexpected EOF' })
  await assert.rejects(values('not json'), { code: 'invalid-argument' })
})

test('parseJson() keeps large whole numbers exact', () => {
  assert.deepEqual(parseJson('{"timeNano":1795473944123456789,"n":12,"f":1.5,"s":"12345678901234567890"}'), {
    timeNano: 1795473944123456789n,
    n: 12,
    f: 1.5,
    s: '12345678901234567890',
  })
})
