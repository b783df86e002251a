import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadPage, nextLink, parsePage } from './paging.ts'

test('parsePage() caps the number of entries', () => {
  assert.deepEqual(parsePage(new URLSearchParams()), { last: '', limit: 1000 })
  assert.deepEqual(parsePage(new URLSearchParams('n=999999999999&last=x')), { last: 'x', limit: 1000 })
  for (const n of ['', '-1', '1.5', 'many', '9'.repeat(40)]) {
    assert.throws(() => parsePage(new URLSearchParams({ n })), { kind: 'PAGE_INVALID' })
  }
})

test('loadPage() knows whether there is a next page', async () => {
  const load = async ({ last, limit }: { last: string; limit: number }) =>
    ['a', 'b', 'c'].filter((entry) => entry > last).slice(0, limit)
  const page = (limit: number, last = '') => loadPage({ last, limit }, load, (entry) => entry)
  assert.deepEqual(await page(2), { entries: ['a', 'b'], next: 'b' })
  assert.deepEqual(await page(2, 'b'), { entries: ['c'], next: undefined })
  assert.deepEqual(await page(3), { entries: ['a', 'b', 'c'], next: undefined })
  assert.deepEqual(await page(0), { entries: [], next: undefined })
})

test('nextLink() keeps the rest of the query and quotes what it adds', () => {
  const { Link } = nextLink('/v2/a/tags/list', new URLSearchParams('n=2&last=a'), 'b/c&d')
  assert.equal(Link, '</v2/a/tags/list?n=2&last=b%2Fc%26d>; rel="next"')
  assert.deepEqual(nextLink('/', new URLSearchParams(), undefined), {})
})
