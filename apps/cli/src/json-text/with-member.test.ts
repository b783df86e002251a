import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded } from '@berth/stdx'
import fc from 'fast-check'
import { scanObject } from './scan-object.ts'
import { withMember } from './with-member.ts'

test('withMember() leaves all else as it is written', () => {
  const text = '{\n\t"b":   [1,2],\n\t"mirrors": ["x"],\n\n\t"a" : {"c":1e3}\n}\n'
  assert.equal(
    withMember(text, 'mirrors', ['x', 'y']),
    '{\n\t"b":   [1,2],\n\t"mirrors": [\n\t\t"x",\n\t\t"y"\n\t],\n\n\t"a" : {"c":1e3}\n}\n',
  )
  assert.equal(withMember(text, 'd', true), text.replace('1e3}\n}', '1e3},\n\t"d": true\n}'))
  assert.equal(withMember('{"a":1}', 'b', []), '{"a":1, "b": []}')
  assert.equal(withMember(' { }\n', 'b', ['x']), ' {\n  "b": ["x"]\n}\n')
  assert.equal(withMember('', 'b', ['x', 'y']), '{\n  "b": [\n    "x",\n    "y"\n  ]\n}\n')
})

test('withMember() says where a text is broken', () => {
  const broken: Record<string, string> = {
    '{"a": 1,\n}': 'line 2, column 1: a key in double quotes is expected',
    '{\n  "a": 1\n  "b": 2}': 'line 3, column 3: "," or "}" is expected',
    '{"a": 01}': 'line 1, column 8: "," or "}" is expected',
    '{"a": "\t"}': 'line 1, column 7: a value is expected',
    '{"a" 1}': 'line 1, column 6: ":" is expected',
    '{"a": [1 2]}': 'line 1, column 10: "," or "]" is expected',
    '[]': 'line 1, column 1: "{" is expected',
    '{} x': 'line 1, column 4: nothing more is expected',
    '{"a": 1': 'line 1, column 8: "," or "}" is expected',
    [`{"a": ${'['.repeat(200)}`]: 'line 1, column 108: fewer brackets within each other is expected',
    '{"k": 1, "k": 2}': '"k" is there twice',
  }
  for (const [text, message] of Object.entries(broken))
    assert.throws(() => withMember(text, 'k', 1), { code: 'invalid-argument', message })
})

test('withMember() sets a member of any object, however it is written', () => {
  const indents = fc.constantFrom(undefined, 0, 2, 4, '\t')
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), indents, (object, key, indent) => {
      const edited = withMember(JSON.stringify(object, undefined, indent), key, ['v', 'w'])
      const expected = { ...(JSON.parse(JSON.stringify(object)) as object), [key]: ['v', 'w'] }
      assert.equal(JSON.stringify(JSON.parse(edited)), JSON.stringify(JSON.parse(JSON.stringify(expected))))
    }),
  )
})

test('scanObject() takes what JSON.parse takes, and nothing else', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"\\u00e9"',
    '"\\x"',
    '"\u0001"',
    '"\u007f\u0085"',
    '1',
    '-',
    '0',
    '.5',
    'e1',
    'true',
    'nul',
    ' ',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = `{"a":${parts.join('')}}`
      assert.equal(
        isTaken(() => scanObject(text)),
        isTaken(() => JSON.parse(text)),
        text,
      )
    }),
    { numRuns: 2000 },
  )
})

function isTaken(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (error) {
    assert.ok(error instanceof SyntaxError || isCoded(error, 'invalid-argument'), String(error))
    return false
  }
}
