import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pruneFilters } from './prune-filters.ts'

test('pruneFilters() adds what stands in config.json', () => {
  const config = { folder: '/', pruneFilters: ['label!=keep', 'label=x', 'until=24h', 'nonsense'] }
  assert.deepEqual(
    pruneFilters(new Map([['label', ['y']]]), config),
    new Map([
      ['label', ['y', 'x']],
      ['label!', ['keep']],
      ['until', ['24h']],
    ]),
  )
})

test('pruneFilters() lets the command line contradict config.json', () => {
  const config = { folder: '/', pruneFilters: ['label!=keep', 'label=x'] }
  const given = new Map([
    ['label', ['keep']],
    ['label!', ['x']],
  ])
  assert.deepEqual(pruneFilters(given, config), given)
})
