import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSearch } from './search.ts'

test('parseSearch() reads what an address asks for', () => {
  const query = 'q=+web+&official=1&automated=1&stars=10&category=web-servers&sort=-pull_count&page=3'
  assert.deepEqual(parseSearch(new URLSearchParams(query)), {
    text: 'web',
    isOfficial: true,
    isAutomated: true,
    stars: 10,
    category: 'web-servers',
    ordering: '-pull_count',
    page: 3,
    size: 20,
  })
})

test('parseSearch() asks for everything where an address makes no sense', () => {
  const query = `q=${'x'.repeat(500)}&official=yes&stars=-1&category=none&sort=password&page=-2`
  assert.deepEqual(parseSearch(new URLSearchParams(query)), {
    text: 'x'.repeat(100),
    ordering: 'best_match',
    page: 1,
    size: 20,
  })
})
