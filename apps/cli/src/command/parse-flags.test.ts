import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { integerFlag, listFlag, stringFlag, switchFlag } from './flag.ts'
import { parseFlags } from './parse-flags.ts'

const table = {
  all: switchFlag('', { shorthand: 'a' }),
  interactive: switchFlag('', { shorthand: 'i' }),
  publish: listFlag('', { shorthand: 'p' }),
  rm: switchFlag(''),
  proxy: switchFlag('', { initial: true }),
  tail: integerFlag('', { shorthand: 'n', initial: -1 }),
  tty: switchFlag('', { shorthand: 't' }),
  user: stringFlag('', { shorthand: 'u' }),
}

const parse = (...words: string[]) => parseFlags(table, words)

describe('parseFlags()', () => {
  test('reads long flags in both forms', () => {
    assert.equal(parse('--user', 'a').flags.user, 'a')
    assert.equal(parse('--user=a=b').flags.user, 'a=b')
    assert.equal(parse('--user=').flags.user, '')
    assert.ok(parse('--user=').given.has('user'))
  })

  test('reads switches with and without a value', () => {
    assert.equal(parse('--rm').flags.rm, true)
    assert.equal(parse('--rm=false').flags.rm, false)
    assert.equal(parse('--proxy=0').flags.proxy, false)
    assert.deepEqual(parse('--rm', 'false').positional, ['false'])
  })

  test('reads shorthands alone, joined and with their value', () => {
    const { flags } = parse('-itu=1000', '-p80:80', '-p', '81:81')
    assert.equal(flags.interactive && flags.tty, true)
    assert.equal(flags.user, '1000')
    assert.deepEqual(flags.publish, ['80:80', '81:81'])
    assert.equal(parse('-n-3').flags.tail, -3)
    assert.equal(parse('-a=false').flags.all, false)
  })

  test('mixes flags and words until --', () => {
    const { positional, flags } = parse('x', '-a', '-', '--', '--rm', '-i')
    assert.deepEqual(positional, ['x', '-', '--rm', '-i'])
    assert.deepEqual([flags.all, flags.rm], [true, false])
  })

  test('leaves everything after the first word alone when told to', () => {
    const { positional, flags } = parseFlags(table, ['--rm', 'image', 'ls', '-a', '--', 'x'], true)
    assert.deepEqual(positional, ['image', 'ls', '-a', '--', 'x'])
    assert.equal(flags.all, false)
  })

  test('knows help where no flag has the letter', () => {
    assert.ok(parse('--help').wantsHelp)
    assert.ok(parse('-h').wantsHelp)
    assert.ok(!parseFlags({ hostname: stringFlag('', { shorthand: 'h' }) }, ['-h', 'x']).wantsHelp)
  })

  test('refuses in the words that scripts know', () => {
    const messages: Record<string, string[]> = {
      'unknown flag: --zz': ['--zz'],
      "unknown shorthand flag: 'z' in -z": ['-az'],
      'flag needs an argument: --user': ['--user'],
      "flag needs an argument: 'u' in -u": ['-u'],
      'bad flag syntax: --=x': ['--=x'],
      'invalid argument "x" for "-n, --tail" flag: strconv.ParseInt: parsing "x": invalid syntax': ['-nx'],
      'invalid argument "maybe" for "--rm" flag: strconv.ParseBool: parsing "maybe": invalid syntax': [
        '--rm=maybe',
      ],
    }
    for (const [message, words] of Object.entries(messages))
      assert.throws(() => parse(...words), { message, status: 125 })
  })

  test('suggests the flag that was meant', () => {
    assert.throws(() => parse('--usr'), { suggestion: 'Did you mean --user?' })
  })

  test('gives back any values, however they are written', () => {
    const value = fc.string({ minLength: 1 })
    fc.assert(
      fc.property(
        fc.array(value),
        fc.array(value.filter((word) => !word.startsWith('-'))),
        (values, words) => {
          const written = values.flatMap(
            (text, i) => [[`--publish=${text}`], ['--publish', text], ['-p', text]][i % 3] ?? [],
          )
          const { flags, positional } = parse(...written, '--', ...words)
          assert.deepEqual(flags.publish, values)
          assert.deepEqual(positional, words)
        },
      ),
    )
  })

  test('throws nothing but its own errors', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('-it', '--rm', '-p', '--user', '--', '-='))),
        (words) => {
          try {
            parse(...words)
          } catch (error) {
            assert.equal((error as Error).name, 'UsageError')
          }
        },
      ),
    )
  })
})
