import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { indentJson } from './indent-json.ts'

test('indentJson() keeps what stands in strings and how numbers are written', () => {
  assert.equal(
    indentJson('{"a" : [ ] ,"b":{ },"c":["{,:}\\"[",1e3,12345678901234567890]}', '  '),
    '{\n  "a": [],\n  "b": {},\n  "c": [\n    "{,:}\\"[",\n    1e3,\n    12345678901234567890\n  ]\n}',
  )
})

test('indentJson() of any document is what JSON.stringify() would give', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat({ max: 3 }), (text, spaces) => {
      const value = JSON.parse(text) as unknown
      assert.equal(indentJson(JSON.stringify(value), '\t'), JSON.stringify(value, undefined, '\t'))
      const spaced = JSON.stringify(value, undefined, spaces)
      assert.equal(indentJson(spaced, '\t'), JSON.stringify(value, undefined, '\t'))
    }),
  )
})
