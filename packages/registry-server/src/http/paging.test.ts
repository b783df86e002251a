import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NameList } from '../metadata/list-names.ts'
import { loadNames, loadPage, loadPageWithin, nextLink, nextLinkThere, parsePage } from './paging.ts'

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

test('loadNames() knows whether there is a next page', async () => {
  const load = async ({ last, limit }: { last: string; limit: number }) => {
    const names = ['a', 'b.1', 'c'].filter((entry) => entry > last).slice(0, limit)
    return new NameList(JSON.stringify(names), names.length)
  }
  const page = async (limit: number, last = '') => {
    const { list, next } = await loadNames({ last, limit }, load)
    return { names: list.names, next }
  }
  assert.deepEqual(await page(2), { names: ['a', 'b.1'], next: 'b.1' })
  assert.deepEqual(await page(2, 'b.1'), { names: ['c'], next: undefined })
  assert.deepEqual(await page(3), { names: ['a', 'b.1', 'c'], next: undefined })
  assert.deepEqual(await page(0), { names: [], next: undefined })
  assert.deepEqual(await page(2, 'c'), { names: [], next: undefined })
})

test('nextLink() keeps the rest of the query and quotes what it adds', () => {
  const { Link } = nextLink('/v2/a/tags/list', new URLSearchParams('n=2&last=a'), 'b/c&d')
  assert.equal(Link, '</v2/a/tags/list?n=2&last=b%2Fc%26d>; rel="next"')
  assert.deepEqual(nextLink('/', new URLSearchParams(), undefined), {})

  test("nextLinkThere() leads to the page that another registry's link does, here", () => {
    const query = new URLSearchParams('n=2&ns=up.test')
    for (const there of ['/v2/a/tags/list?last=b%2Fc&n=2', 'https://elsewhere.test/x?n=2&last=b%2Fc&ns=x'])
      assert.deepEqual(nextLinkThere('/up.test/v2/a/tags/list', query, `<${there}>; rel="next"`), {
        Link: '</up.test/v2/a/tags/list?n=2&ns=up.test&last=b%2Fc>; rel="next"',
      })
    for (const noLink of ['', '<>; rel="next"', '</v2/?last=a>; rel="prev"', '<http://[>; rel="next"'])
      assert.deepEqual(nextLinkThere('/', query, noLink), {}, noLink)
  })
})

test('loadPageWithin() ends a page by number or by size, and every entry is on one page', async () => {
  const all = Array.from({ length: 45 }, (_, index) => String(index).padStart(2, '0'))
  let loadedMax = 0
  const load = async ({ last, limit }: { last: string; limit: number }) => {
    loadedMax = Math.max(loadedMax, limit)
    return all.filter((entry) => entry > last).slice(0, limit)
  }
  for (const [limit, limitBytes] of [
    [100, 1e6],
    [45, 1e6],
    [7, 1e6],
    [10, 1e6],
    [100, 4 * 12],
    [100, 1],
  ] as const) {
    const seen: string[] = []
    for (let last: string | undefined = ''; last !== undefined;) {
      const page: { entries: string[]; next: string | undefined } = await loadPageWithin(
        { last, limit, limitBytes },
        load,
        (entry) => entry,
      )
      assert.ok(page.entries.length > 0 && page.entries.length <= limit)
      seen.push(...page.entries)
      last = page.next
    }
    assert.deepEqual(seen, all)
  }
  assert.ok(loadedMax <= 11)
  assert.deepEqual(await loadPageWithin({ last: '', limit: 0, limitBytes: 9 }, load, String), {
    entries: [],
    next: undefined,
  })
})
