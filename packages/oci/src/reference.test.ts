import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCoded } from '@berth/stdx'
import fc from 'fast-check'
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  withDefaultTag,
  type Reference,
} from './reference.ts'

const hex64 = 'f'.repeat(64)
const sha256 = `sha256:${hex64}`
const sha512 = `sha512:${'0'.repeat(128)}`
const invalidFormat = 'invalid reference format'

const full = (name: string): string => formatReference(parseReference(name))
const messageFor = (name: string): string => {
  try {
    return `parsed as ${full(name)}`
  } catch (error) {
    assert.ok(isCoded(error, 'invalid-argument'), String(error))
    return error.message
  }
}

test('parseReference() puts in what people leave out', () => {
  for (const [name, expected] of [
    ['alpine', 'docker.io/library/alpine'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20'],
    ['fooo/bar', 'docker.io/fooo/bar'],
    ['library/ubuntu', 'docker.io/library/ubuntu'],
    ['docker.io/ubuntu', 'docker.io/library/ubuntu'],
    ['docker.io/ubuntu:a.b', 'docker.io/library/ubuntu:a.b'],
    ['index.docker.io/ubuntu', 'docker.io/library/ubuntu'],
    ['index.docker.io/fooo/bar', 'docker.io/fooo/bar'],
    ['library/foo/bar', 'docker.io/library/foo/bar'],
    ['test_com/foo', 'docker.io/test_com/foo'],
    ['test.com:5000', 'docker.io/library/test.com:5000'],
    ['192.168.1.1', 'docker.io/library/192.168.1.1'],
    ['localhost', 'docker.io/library/localhost'],
    ['foo/foo_bar.com:8080', 'docker.io/foo/foo_bar.com:8080'],
    ['lowercase:Uppercase', 'docker.io/library/lowercase:Uppercase'],
    [`alpine@${sha256}`, `docker.io/library/alpine@${sha256}`],
    [`busybox:latest@${sha256}`, `docker.io/library/busybox:latest@${sha256}`],
    [hex64.slice(1), `docker.io/library/${hex64.slice(1)}`],
    [`docker.io/${hex64}`, `docker.io/library/${hex64}`],
    [`${hex64}:tag`, `docker.io/library/${hex64}:tag`],
  ] as const) {
    assert.equal(full(name), expected, name)
    assert.equal(full(expected), expected)
  }
})

test('parseReference() tells registries from names', () => {
  for (const [name, registry, repository] of [
    ['test.com/repo:tag', 'test.com', 'repo'],
    ['test:5000/repo', 'test:5000', 'repo'],
    ['localhost/repo', 'localhost', 'repo'],
    ['localhost:5000/team/app', 'localhost:5000', 'team/app'],
    ['Foo/bar', 'Foo', 'bar'],
    ['DOCKER.IO/bar', 'DOCKER.IO', 'bar'],
    ['sub-dom1.foo.com/bar/baz/quux', 'sub-dom1.foo.com', 'bar/baz/quux'],
    ['b.gcr.io/test.example.com/my-app', 'b.gcr.io', 'test.example.com/my-app'],
    [`xn--7o8h.com/myimage:xn--7o8h.com@${sha512}`, 'xn--7o8h.com', 'myimage'],
    ['192.168.1.1:5000/repo:5050', '192.168.1.1:5000', 'repo'],
    ['[2001:db8::1]/repo', '[2001:db8::1]', 'repo'],
    ['[2001:db8:1:2:3:4:5:6]/repo:tag', '[2001:db8:1:2:3:4:5:6]', 'repo'],
    [`[::1]:5000/repo:tag@${sha256}`, '[::1]:5000', 'repo'],
  ] as const) {
    const reference = parseReference(name)
    assert.deepEqual([reference.registry, reference.repository], [registry, repository], name)
    assert.equal(formatReference(reference), name)
  }
})

test('parseReference() takes every separator of a name, alone', () => {
  for (const name of ['a.b', 'a_b', 'a__b', 'a-b', 'a---b', 'dock__er/docker', 'a/b/c.d_e__f--g', 'jess/t'])
    assert.doesNotThrow(() => parseReference(name), name)
  for (const name of [
    'a..b',
    'a___b',
    'a_.b',
    'a-.b',
    'a-_b',
    '-a',
    'a-',
    '_a',
    'a.',
    '____/____',
    'docker-/a',
  ])
    assert.equal(messageFor(name), invalidFormat, name)
})

test('parseReference() refuses what is no reference, in the words of the clients', () => {
  const malformed = [
    '',
    ':justtag',
    `@${sha256}`,
    'a:',
    'a@',
    'a:B:c',
    'a b',
    ' a',
    'a\n',
    '/a',
    'a/',
    'a//b',
    'docker///docker',
    'aa/asdf$$^/aa',
    'https://github.com/docker/docker',
    'a:-tag',
    'a:.tag',
    'a:t@g',
    'é',
    'repo@sha256:ffff',
    'repo@sha256:',
    `repo@${hex64}`,
    `repo@${sha256}@${sha256}`,
    '[2001:db8::1]',
    '[2001:db8::1]:5000',
    'fc00::1:5000/debian',
    '[fe80::1%eth0]:5000/repo',
    '[fe80::1%@invalidzone]:5000/repo',
    '[2001:db8:3:4::192.0.2.33]:5000/debian',
    '-docker.io/docker',
    'docker.io:/a',
    'docker.io:x/a',
    '..//etc/passwd',
    '../etc/passwd',
    'a/../b',
    'a\u0000b',
  ]
  for (const name of malformed) assert.equal(messageFor(name), invalidFormat, JSON.stringify(name))
  for (const [name, repository] of [
    ['Uppercase:tag', 'library/Uppercase'],
    ['docker.io/Uppercase', 'library/Uppercase'],
    ['docker/Docker', 'docker/Docker'],
    ['test:5000/Uppercase/lowercase:tag', 'Uppercase/lowercase'],
    [`a@SHA256:${hex64}`, 'library/a@SHA256'],
  ] as const)
    assert.equal(messageFor(name), `${invalidFormat}: repository name (${repository}) must be lowercase`)
  assert.equal(
    messageFor(hex64),
    `invalid repository name (${hex64}), cannot specify 64-byte hexadecimal strings`,
  )
})

test('parseReference() says what is wrong with a digest', () => {
  assert.equal(messageFor(`repo@sha256:${'f'.repeat(34)}`), 'invalid checksum digest length')
  assert.equal(messageFor(`repo@sha512:${hex64}`), 'invalid checksum digest length')
  assert.equal(messageFor(`repo@sha256:${'F'.repeat(64)}`), 'invalid checksum digest format')
  assert.equal(messageFor(`repo@invaliddigest:${hex64}`), 'unsupported digest algorithm')
  assert.equal(messageFor(`repo@constructor:${hex64}`), 'unsupported digest algorithm')
})

test('parseReference() limits tags to 128 and repositories to 255 characters', () => {
  assert.equal(parseReference(`a:${'t'.repeat(128)}`).tag?.length, 128)
  assert.equal(messageFor(`a:${'t'.repeat(129)}`), invalidFormat)
  const tooLong = 'repository name must not be more than 255 characters'
  assert.equal(parseReference(`example.com/${'a'.repeat(255)}`).repository.length, 255)
  assert.equal(messageFor(`example.com/${'a'.repeat(256)}`), tooLong)
  assert.equal(parseReference('a'.repeat(247)).repository.length, 255)
  assert.equal(messageFor('a'.repeat(248)), tooLong)
  assert.equal(messageFor(`${'a/'.repeat(128)}a:tag`), tooLong)
  assert.equal(parseReference(`${'a/'.repeat(127)}a:tag-puts-this-over`).tag, 'tag-puts-this-over')
})

const component = fc.stringMatching(/^[a-z0-9]{1,4}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/)
const registry = fc.oneof(
  fc.constantFrom('docker.io', 'localhost', 'localhost:5000', '[::1]', '[2001:db8::1]:443', 'Host'),
  fc.stringMatching(/^[a-zA-Z0-9]{1,5}(-[a-z]{1,3})?\.[a-z]{1,3}(:[0-9]{1,5})?$/),
)
const reference: fc.Arbitrary<Reference> = fc
  .record(
    {
      registry,
      path: fc.array(component, { minLength: 1, maxLength: 4 }),
      tag: fc.stringMatching(/^\w[\w.-]{0,127}$/),
      digest: fc.constantFrom(sha256, sha512),
    },
    { requiredKeys: ['registry', 'path'] },
  )
  .map(({ registry, path, ...rest }) => {
    const parts = registry === 'docker.io' && path.length === 1 ? ['library', ...path] : path
    return { registry, repository: parts.join('/'), ...rest } as Reference
  })

test('parseReference() gives back what formatReference() was given', () => {
  fc.assert(
    fc.property(reference, (value) => {
      assert.deepEqual(parseReference(formatReference(value)), value)
    }),
  )
})

test('familiarReference() is read as the same reference', () => {
  fc.assert(
    fc.property(reference, (value) => {
      // The clients' short form is ambiguous where the first part of a path on Docker Hub looks like a registry.
      fc.pre(value.registry !== 'docker.io' || !/^(localhost|[^/]*\.[^/]*)\//.test(value.repository))
      assert.deepEqual(parseReference(familiarReference(value)), value)
    }),
  )
})

test('familiarName() leaves out Docker Hub and its library', () => {
  for (const [name, expected] of [
    ['docker.io/library/alpine', 'alpine'],
    ['docker.io/library/foo/bar', 'library/foo/bar'],
    ['docker.io/fooo/bar', 'fooo/bar'],
    ['example.com/library/alpine', 'example.com/library/alpine'],
  ] as const)
    assert.equal(familiarName(parseReference(name)), expected)
})

test('withDefaultTag() adds latest where neither tag nor digest is', () => {
  assert.equal(withDefaultTag(parseReference('a')).tag, 'latest')
  assert.equal(withDefaultTag(parseReference('a:b')).tag, 'b')
  assert.equal(withDefaultTag(parseReference(`a@${sha256}`)).tag, undefined)
})

test('parseReference() throws nothing but CodedError, and what it takes is stable', () => {
  const pieces = fc.constantFrom(
    'a',
    'A',
    '0',
    '.',
    '-',
    '_',
    '/',
    ':',
    '@',
    '[',
    ']',
    'sha256:',
    hex64,
    'é',
    '\n',
  )
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (name) => {
      let parsed: Reference
      try {
        parsed = parseReference(name)
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument'), String(error))
        return
      }
      assert.deepEqual(parseReference(formatReference(parsed)), parsed)
    }),
    { numRuns: 1000 },
  )
})

test('parseReference() takes no time to refuse hostile names', () => {
  const pieces = ['a', '-', 'a-', 'a.', '_', '__a', '/', 'a/', '.', ':', '@', 'a:', '[', '[:', 'f:', '0', 'A']
  const hostile = [2000, 100_000, 1_000_000].flatMap((length) =>
    pieces
      .map((piece) => piece.repeat(length / piece.length))
      .flatMap((long) => [`${long}!`, `a${long}!`, `x.y/${long}!`, `a@${long}!`, `a:${long}!`]),
  )
  const started = process.cpuUsage()
  for (const name of hostile) assert.throws(() => parseReference(name), { code: 'invalid-argument' })
  const milliseconds = process.cpuUsage(started).user / 1000
  assert.ok(milliseconds < 2000, `${milliseconds} ms for ${hostile.length}`)
})
