import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { booleanFilter, formatFilters, matchesLabels, parseFilters } from './filters.ts'

test('parseFilters() reads both encodings alike', () => {
  const set = parseFilters('{"status":{"exited":true,"created":true}}', ['status'])
  const list = parseFilters('{"status":["exited","created"]}', ['status'])
  assert.deepEqual(set, list)
  assert.deepEqual(set.get('status'), ['exited', 'created'])
})

test('parseFilters() gives none for absent text', () => {
  assert.equal(parseFilters(undefined, []).size, 0)
  assert.equal(parseFilters('', []).size, 0)
})

test('parseFilters() fails closed on what it does not know', () => {
  assert.throws(() => parseFilters('{"x":["y"]}', ['status']), {
    code: 'invalid-argument',
    message: "invalid filter 'x'",
  })
  for (const text of ['{', '[]', 'null', '1', '{"status":1}', '{"status":[1]}', '{"status":{"a":1}}']) {
    assert.throws(() => parseFilters(text, ['status']), { code: 'invalid-argument' }, text)
  }
})

test('formatFilters() is read back by parseFilters()', () => {
  const values = fc.uniqueArray(
    fc.string({ minLength: 1 }).filter((text) => !/^\d+$/.test(text) && text !== '__proto__'),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(values, (wanted) => {
      const text = formatFilters(new Map([['label', wanted]]))
      assert.deepEqual(parseFilters(text, ['label']).get('label'), wanted)
    }),
  )
})

test('booleanFilter() takes one of the words Go knows', () => {
  assert.equal(booleanFilter(parseFilters('{"dangling":["1"]}', ['dangling']), 'dangling'), true)
  assert.equal(booleanFilter(parseFilters('{"dangling":{"false":true}}', ['dangling']), 'dangling'), false)
  assert.equal(booleanFilter(new Map(), 'dangling'), undefined)
  const bad = parseFilters('{"dangling":["maybe"]}', ['dangling'])
  assert.throws(() => booleanFilter(bad, 'dangling'), { message: "invalid filter 'dangling=[maybe]'" })
})

test('matchesLabels() wants all of them', () => {
  assert.ok(matchesLabels({ a: '1', b: '' }, ['a=1', 'b']))
  assert.ok(!matchesLabels({ a: '1' }, ['a=2']))
  assert.ok(!matchesLabels(null, ['a']))
  assert.ok(matchesLabels(null, undefined))
})
