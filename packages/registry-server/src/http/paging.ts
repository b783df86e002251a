import { NameList } from '../metadata/list-names.ts'
import type { Page } from '../metadata/repository-store.ts'
import { RegistryError } from '../registry-error.ts'

/** However many a client asks for, it gets at most this many at once, and a link to the next. */
const pageMax = 1000

/** Reads `n` and `last`; throws PAGE_INVALID. */
export function parsePage(query: URLSearchParams): Page {
  const n = query.get('n')
  if (n !== null && !/^\d{1,15}$/.test(n))
    throw new RegistryError('PAGE_INVALID', { detail: { n: n.slice(0, 32) } })
  return { last: query.get('last') ?? '', limit: Math.min(Number(n ?? pageMax), pageMax) }
}

/**
 * Loads one page and says where the next begins. One entry more than asked for is loaded, to know whether there is a
 * next page at all.
 */
export async function loadPage<T>(
  page: Page,
  load: (page: Page) => Promise<T[]>,
  keyOf: (entry: T) => string,
): Promise<{ entries: T[]; next: string | undefined }> {
  if (page.limit === 0) return { entries: [], next: undefined }
  const loaded = await load({ ...page, limit: page.limit + 1 })
  const entries = loaded.slice(0, page.limit)
  const final = entries.at(-1)
  return { entries, next: loaded.length > page.limit && final !== undefined ? keyOf(final) : undefined }
}

/** As `loadPage` for names, which are passed on as they were gathered. */
export async function loadNames(
  page: Page,
  load: (page: Page) => Promise<NameList>,
): Promise<{ list: NameList; next: string | undefined }> {
  if (page.limit === 0) return { list: new NameList('[]', 0), next: undefined }
  const list = await load(page)
  const { last } = list
  if (list.length < page.limit || last === undefined) return { list, next: undefined }
  const following = await load({ last, limit: 1 })
  return { list, next: following.length > 0 ? last : undefined }
}

/** Entries loaded at once when each may be large. */
const batchMax = 10

/** As `loadPage` for entries that may be large: the page also ends before it has more than `limitBytes` (but never empty). */
export async function loadPageWithin<T>(
  page: Page & { limitBytes: number },
  load: (page: Page) => Promise<T[]>,
  keyOf: (entry: T) => string,
): Promise<{ entries: T[]; next: string | undefined }> {
  const entries: T[] = []
  let leftBytes = page.limitBytes
  let last = page.last
  while (entries.length < page.limit) {
    const limit = Math.min(batchMax, page.limit - entries.length)
    const batch = await loadPage({ last, limit }, load, keyOf)
    for (const entry of batch.entries) {
      leftBytes -= JSON.stringify(entry).length
      if (leftBytes < 0 && entries.length > 0) return { entries, next: last }
      entries.push(entry)
      last = keyOf(entry)
    }
    if (batch.next === undefined || entries.length === page.limit) return { entries, next: batch.next }
  }
  return { entries, next: undefined }
}

/** `Link` to the page after `next` (RFC 5988), with the rest of the query kept; no header when there is none. */
export function nextLink(path: string, query: URLSearchParams, next: string | undefined): { Link?: string } {
  return next === undefined ? {} : linkTo(path, query, { last: next })
}

/** As `nextLink`, to the page that another registry's `Link` leads to there: its address means nothing here. */
export function nextLinkThere(path: string, query: URLSearchParams, link: string): { Link?: string } {
  const target = /^<([^>]+)>; *rel="?next"?$/i.exec(link)?.[1]
  const there = target === undefined ? null : URL.parse(target, 'http://registry')
  if (!there) return {}
  // Which registry is meant is said to this one alone.
  there.searchParams.delete('ns')
  return linkTo(path, query, Object.fromEntries(there.searchParams))
}

function linkTo(path: string, query: URLSearchParams, changes: Record<string, string>): { Link: string } {
  const following = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) following.set(name, value)
  return { Link: `<${path}?${following}>; rel="next"` }
}
