import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded } from '@berth/stdx'
import fc from 'fast-check'
import { parseToml, type TomlValue } from './parse-toml.ts'

const plain = (value: TomlValue): unknown => {
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, entry]) => [key, plain(entry)]))
  return value
}

test('parseToml() reads tables, dotted and quoted keys, and the values that hosts need', () => {
  const text = `
# a comment
server = "https://r.example.com" # and one behind a value
override_path = true

[host."https://mirror.example.com/v2"]
  capabilities = ["pull", 'resolve', # in an array
  ]
  ca = 'C:\\path'
  client = [["a.cert", "a.key"]]
  retries = 1_000
  header = { x-one = "1", "x two" = ["a\\t\\u00e9"] }
[host."http://b"]
[a.b]
c.d = -3
`
  assert.deepEqual(plain(parseToml(text)), {
    server: 'https://r.example.com',
    override_path: true,
    host: {
      'https://mirror.example.com/v2': {
        capabilities: ['pull', 'resolve'],
        ca: 'C:\\path',
        client: [['a.cert', 'a.key']],
        retries: 1000,
        header: { 'x-one': '1', 'x two': ['a\té'] },
      },
      'http://b': {},
    },
    a: { b: { c: { d: -3 } } },
  })
})

test('parseToml() refuses what it does not read, with the line', () => {
  const refused: Record<string, string> = {
    'a = 1\nb = 1.5': 'line 2: the value is not a string, boolean, integer, array or table',
    'a = 1979-05-27': 'line 1: the value is not a string, boolean, integer, array or table',
    'a = """x"""': 'line 1: strings of several lines are not supported',
    '[[a]]': 'line 1: arrays of tables are not supported',
    'a = 1\na = 2': 'line 2: key a is there twice',
    '[a]\n[b]\n[a]': 'line 3: table a is there twice',
    'a = 1\n[a]': 'line 2: a is not a table',
    'a = "b': 'line 1: the value is not a string, boolean, integer, array or table',
    'a = 1 b = 2': 'line 1: unexpected text at the end of the line',
    'a = [1': 'line 1: an array has neither "," nor "]"',
    a: 'line 1: a key has no "="',
    '= 1': 'line 1: a key is expected',
    'a = "\\ud800"': 'line 1: no such character',
    [`a = ${'['.repeat(100)}`]: 'line 1: values are nested too deep',
  }
  for (const [text, message] of Object.entries(refused))
    assert.throws(() => parseToml(text), { code: 'invalid-argument', message })
})

test('parseToml() reads what is written of any strings', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), (values) => {
      const entries = Object.entries(values)
      const text = entries
        .map(([key, value]) => `${JSON.stringify(key)} = ${JSON.stringify(value)}`)
        .join('\n')
      assert.deepEqual([...parseToml(text)], entries)
    }),
  )
})

test('parseToml() ends, with a table or with a coded error', () => {
  const pieces = fc.constantFrom(
    'a',
    '=',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '.',
    '\n',
    ' ',
    '1',
    '#',
    '\\',
    'true',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      try {
        assert.ok(parseToml(parts.join('')) instanceof Map)
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument'), String(error))
      }
    }),
    { numRuns: 1000 },
  )
})
