import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pruneFilter } from './prune-filter.ts'

test('pruneFilter() lets go what is old enough and has the right labels', () => {
  const made = { labels: { keep: 'no', stage: 'build' }, createdAt: '2026-01-01T00:00:00Z' }
  const lets = (filters: [string, string[]][]) => pruneFilter(new Map(filters))(made)
  assert.ok(lets([]))
  assert.ok(lets([['until', ['2026-01-02T00:00:00Z']]]))
  assert.ok(!lets([['until', ['2025-12-31T00:00:00Z']]]))
  assert.ok(lets([['label', ['stage=build', 'keep']]]))
  assert.ok(!lets([['label', ['stage=build', 'other']]]))
  assert.ok(!lets([['label!', ['keep']]]))
  assert.ok(lets([['label!', ['keep=yes']]]))
})

test('pruneFilter() takes one until', () => {
  assert.throws(() => pruneFilter(new Map([['until', ['1h', '2h']]])), {
    code: 'invalid-argument',
    message: 'more than one until filter specified',
  })
})
