import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded } from '@berth/stdx'
import fc from 'fast-check'
import { parsePlatform } from './parse-platform.ts'
import { formatPlatform, hostPlatform } from './platform.ts'

const own = formatPlatform(hostPlatform()).slice('linux/'.length)

test('parsePlatform() reads what Docker’s clients read', () => {
  for (const [text, expected] of [
    ['linux/amd64', 'linux/amd64'],
    ['Linux/x86_64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['linux/arm64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64/v8'],
    ['linux/arm64/v9.1', 'linux/arm64/v9.1'],
    ['linux/arm', 'linux/arm'],
    ['linux/arm/v6', 'linux/arm/v6'],
    ['linux/arm/v7', 'linux/arm/v7'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['arm', 'linux/arm'],
    ['armel', 'linux/arm/v6'],
    ['armhf', 'linux/arm'],
    ['Aarch64', 'linux/arm64'],
    ['x86_64', 'linux/amd64'],
    ['i386', 'linux/386'],
    ['s390x', 'linux/s390x'],
    ['linux', `linux/${own}`],
    ['macOS', `darwin/${own}`],
    ['windows()', `windows/${own}`],
    ['unheard/of', 'unheard/of'],
  ] as const)
    assert.equal(formatPlatform(parsePlatform(text)), expected, text)
  assert.deepEqual(parsePlatform('windows(10.0.17763)/amd64'), {
    os: 'windows',
    'os.version': '10.0.17763',
    architecture: 'amd64',
  })
})

test('parsePlatform() refuses in the words of Docker’s clients', () => {
  const system = (part: string, all: string) =>
    `${JSON.stringify(part)} is an invalid OS component of ${JSON.stringify(all)}: OSAndVersion specifier component must match "^([A-Za-z0-9_-]+)(?:\\\\(([A-Za-z0-9_.-]*)\\\\))?$": invalid argument`
  const component = (part: string, all: string) =>
    `${JSON.stringify(part)} is an invalid component of ${JSON.stringify(all)}: platform specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument`
  const unknown = (all: string) =>
    `${JSON.stringify(all)}: unknown operating system or architecture: invalid argument`
  for (const [text, message] of [
    ['', system('', '')],
    ['/linux/arm', system('', '/linux/arm')],
    ['linux /arm', system('linux ', 'linux /arm')],
    ['li.nux/amd64', system('li.nux', 'li.nux/amd64')],
    ['windows(/amd64', system('windows(', 'windows(/amd64')],
    ['linux/arm/', component('', 'linux/arm/')],
    ['linux/&arm', component('&arm', 'linux/&arm')],
    ['linux/"q"', component('"q"', 'linux/"q"')],
    ['a/b/c/d/e', component('d/e', 'a/b/c/d/e')],
    ['linux/arm/foo/bar', '"linux/arm/foo/bar": cannot parse platform specifier: invalid argument'],
    ['*', '"*": wildcards not yet supported: invalid argument'],
    ['linux/*', '"linux/*": wildcards not yet supported: invalid argument'],
    ['foo', unknown('foo')],
    ['x64', unknown('x64')],
    ['constructor', unknown('constructor')],
    ['__proto__', unknown('__proto__')],
  ] as const)
    assert.throws(() => parsePlatform(text), { code: 'invalid-argument', message })
})

test('parsePlatform() reads back what formatPlatform() wrote, and throws nothing but CodedError', () => {
  const piece = fc.constantFrom('linux', 'arm', 'arm64', 'armhf', 'v7', 'v8', '/', '(', ')', '*', ' ', 'x')
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, (text) => {
      try {
        const formatted = formatPlatform(parsePlatform(text))
        assert.equal(formatPlatform(parsePlatform(formatted)), formatted)
      } catch (error) {
        if (!isCoded(error, 'invalid-argument')) throw error
      }
    }),
    { numRuns: 1000 },
  )
})
