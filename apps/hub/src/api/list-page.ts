import type { Listed, Paging } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import { ok, type ApiCall, type ApiReply } from './api-call.ts'

const sizeDefault = 10
const sizeMax = 100

/** `page` and `page_size` of a list; throws `invalid-argument`. Larger sizes than 100 give 100, as Docker Hub's do. */
export function parsePaging(query: URLSearchParams): Paging {
  const size = parseCount(query, 'page_size', sizeDefault)
  return { page: parseCount(query, 'page', 1), size: Math.min(size, sizeMax) }
}

export function parseCount(query: URLSearchParams, name: string, byDefault: number): number {
  const text = query.get(name)
  if (text === null || text === '') return byDefault
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new CodedError(
    'invalid-argument',
    `Cannot read ${name}: ${JSON.stringify(text.slice(0, 40))} is not a number from 1`,
  )
}

/** One of a few names, if there is one: what a client sends never becomes part of a query. Throws `invalid-argument`. */
export function parseOrdering<Ordering extends string>(
  query: URLSearchParams,
  orderings: readonly Ordering[],
): { ordering?: Ordering } {
  const text = query.get('ordering')
  if (text === null || text === '') return {}
  const ordering = orderings.find((known) => known === text)
  if (ordering !== undefined) return { ordering }
  throw new CodedError('invalid-argument', `Cannot read ordering: it is not one of ${orderings.join(', ')}`)
}

/** Hub's list: how long it is, a page of it, and where the pages beside it are. */
export function replyPage<T>(
  { url }: Pick<ApiCall, 'url'>,
  { count, entries }: Listed<T>,
  format: (entry: T) => unknown,
): ApiReply {
  const { page, size } = parsePaging(url.searchParams)
  const next = page * size < count ? linkTo(url, page + 1) : null
  const previous = page > 1 ? linkTo(url, page - 1) : null
  return ok({ count, next, previous, results: entries.map(format) })
}

function linkTo(url: URL, page: number): string {
  const link = new URL(url)
  link.searchParams.set('page', String(page))
  return link.href
}

/** All of a short list, cut into the pages that are asked for. */
export function pageOf<T>(query: URLSearchParams, all: readonly T[]): Listed<T> {
  const { page, size } = parsePaging(query)
  return { count: all.length, entries: all.slice((page - 1) * size, page * size) }
}
