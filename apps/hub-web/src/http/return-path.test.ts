import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { returnPath } from './return-path.ts'

test('returnPath() goes back to pages of this hub', () => {
  for (const path of ['/', '/search?q=a%2Fb&page=2', '/r/ada/web/-/tags', '/r/ada/web?x=//y'])
    assert.equal(returnPath(path, '/start'), path)
})

test('returnPath() goes nowhere else', () => {
  const elsewhere = [
    null,
    '',
    'x',
    'https://example.com',
    '//example.com',
    '/\\example.com',
    '\\\\example.com',
    '/\t/example.com',
    '/\n/example.com',
    ' //example.com',
    'javascript:x',
    '/..//example.com',
    '/.//example.com',
    `/${'x'.repeat(3000)}`,
  ]
  for (const next of elsewhere) assert.equal(returnPath(next, '/start'), '/start', String(next))
})

test('returnPath() never leaves, whatever is asked', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    ':',
    '@',
    '\t',
    '\n',
    '%2f',
    'example.com',
    'http:',
    '?',
    '#',
    ' ',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((parts) => parts.join('')),
      ),
      (next) => {
        const path = returnPath(next, '/start')
        assert.equal(new URL(path, 'https://hub.example').origin, 'https://hub.example')
        assert.match(path, /^\/(?![/\\])/)
      },
    ),
  )
})
