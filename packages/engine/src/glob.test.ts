import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesGlob } from './glob.ts'

test("matchesGlob() agrees with Go's path.Match", () => {
  const cases: [pattern: string, text: string, expected: boolean][] = [
    ['busybox*', 'busybox:latest', true],
    ['*', 'a/b', false],
    ['a/*', 'a/b', true],
    ['?usybox', 'busybox', true],
    ['[a-c]usybox', 'busybox', true],
    ['[^a]x', 'ax', false],
    ['a.c', 'abc', false],
    ['\\*', '*', true],
    ['(a+)+$', 'aaaa', false],
  ]
  for (const [pattern, text, expected] of cases)
    assert.equal(matchesGlob(pattern, text), expected, `${pattern} ${text}`)
})

test('matchesGlob() takes no exponential time over many stars', () => {
  const started = process.cpuUsage()
  matchesGlob(`${'*'.repeat(200)}b`, 'a'.repeat(5000))
  assert.ok(process.cpuUsage(started).user < 500_000)
})
