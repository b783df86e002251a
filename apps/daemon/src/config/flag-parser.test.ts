import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isCoded } from '@berth/stdx'
import { parseFlags, type FlagDefinition } from './flag-parser.ts'
import { flags } from './flags.ts'

const definitions: FlagDefinition[] = [
  { name: 'debug', shorthand: 'D', kind: 'bool', description: '' },
  { name: 'rm', kind: 'bool', description: '' },
  { name: 'host', shorthand: 'H', kind: 'list', description: '' },
  { name: 'level', shorthand: 'l', kind: 'string', description: '' },
  { name: 'count', kind: 'int', description: '' },
  { name: 'opt', kind: 'map', description: '' },
]
const parse = (...argv: string[]) => Object.fromEntries(parseFlags(definitions, argv).values)

test('parseFlags() follows the rules of pflag', () => {
  assert.deepEqual(parse('--debug', '--rm=false'), { debug: true, rm: false })
  assert.deepEqual(parse('--level', 'a', '--count=-3'), { level: 'a', count: -3 })
  assert.deepEqual(parse('-H', 'a', '-Hb', '-H=c', '--host', 'd', '--host=e'), {
    host: ['a', 'b', 'c', 'd', 'e'],
  })
  assert.deepEqual(parse('-Dldebug'), { debug: true, level: 'debug' })
  assert.deepEqual(parse('-Dl', 'debug'), { debug: true, level: 'debug' })
  assert.deepEqual(parse('-D=false'), { debug: false })
  assert.deepEqual(parse('--opt', 'a=b=c', '--opt=d='), { opt: { a: 'b=c', d: '' } })
  assert.deepEqual(parse('--level', '--debug'), { level: '--debug' })
  assert.deepEqual(parseFlags(definitions, ['x', '--', '--debug', '-']).positionals, ['x', '--debug', '-'])
})

test("parseFlags() refuses in pflag's words", () => {
  const refused: [string[], string][] = [
    [['--nope'], 'unknown flag: --nope'],
    [['-Z'], "unknown shorthand flag: 'Z' in -Z"],
    [['-DZx'], "unknown shorthand flag: 'Z' in -Zx"],
    [['--level'], 'flag needs an argument: --level'],
    [['-H'], "flag needs an argument: 'H' in -H"],
    [['--=x'], 'bad flag syntax: --=x'],
    [
      ['--debug=maybe'],
      'invalid argument "maybe" for "-D, --debug" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      ['--count', 'abc'],
      'invalid argument "abc" for "--count" flag: strconv.ParseInt: parsing "abc": invalid syntax',
    ],
  ]
  for (const [argv, message] of refused)
    assert.throws(() => parseFlags(definitions, argv), { message, code: 'invalid-argument' })
})

test('parseFlags() answers or refuses whatever it is given', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('--', '-', '--debug', '-DH', '--opt=', '-l'))
  fc.assert(
    fc.property(fc.array(word), (argv) => {
      try {
        parseFlags(definitions, argv)
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument'))
      }
    }),
  )
})

test('the flag table has each name and each letter once', () => {
  const names = flags.flatMap(({ name, shorthand }) => (shorthand === undefined ? [name] : [name, shorthand]))
  assert.equal(new Set(names).size, names.length)
})
