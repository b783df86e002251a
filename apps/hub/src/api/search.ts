import type { SearchQuery, SearchResult } from '@berth/catalog'
import { ok, route, type ApiCall, type ApiReply } from './api-call.ts'
import { isoTime } from './fields.ts'
import { parseCount, parseOrdering, parsePaging, replyPage } from './list-page.ts'

const sizeDefault = 25
const sizeMax = 100
const orderings = ['best_match', '-star_count', '-pull_count', '-last_updated'] as const

/** Search as the first registry API has it, which `docker search` asks, and as Docker Hub's page asks it. */
export const searchRoutes = [
  route('GET', '/v1/_ping', async () => ok(true)),
  route('GET', '/v1/search', searchAsDocker),
  route('GET', '/v2/search/repositories', async (call) => {
    const query = { ...parseFilters(call.url.searchParams), ...parsePaging(call.url.searchParams) }
    const found = await call.catalog.repositories.search(call.viewer, query)
    return replyPage(call, found, formatFound)
  }),
]

async function searchAsDocker({ catalog, viewer, url }: ApiCall): Promise<ApiReply> {
  const { searchParams } = url
  const text = searchParams.get('q') ?? ''
  const size = Math.min(parseCount(searchParams, 'n', sizeDefault), sizeMax)
  const page = parseCount(searchParams, 'page', 1)
  const { count, entries } = await catalog.repositories.search(viewer, { text, page, size })
  return ok({
    query: text,
    num_results: count,
    num_pages: Math.ceil(count / size),
    page,
    page_size: size,
    results: entries.map(formatResult),
  })
}

function parseFilters(query: URLSearchParams): Omit<SearchQuery, 'page' | 'size'> {
  const category = query.get('category')
  const stars = query.get('stars')
  return {
    text: query.get('query') ?? '',
    ...(query.has('is_official') && { isOfficial: query.get('is_official') === 'true' }),
    ...(query.has('is_automated') && { isAutomated: query.get('is_automated') === 'true' }),
    ...(category !== null && { category }),
    ...(stars !== null && { stars: parseCount(query, 'stars', 1) }),
    ...parseOrdering(query, orderings),
  }
}

function formatResult(result: SearchResult) {
  return {
    name: result.name,
    description: result.description,
    star_count: result.starCount,
    is_official: result.isOfficial,
    is_automated: result.isAutomated,
    is_trusted: result.isAutomated,
    pull_count: result.pullCount,
  }
}

function formatFound(result: SearchResult) {
  return {
    repo_name: result.name,
    repo_owner: result.name.split('/')[0],
    short_description: result.description,
    star_count: result.starCount,
    pull_count: result.pullCount,
    is_official: result.isOfficial,
    is_automated: result.isAutomated,
    is_private: result.isPrivate,
    categories: result.categories,
    last_updated: isoTime(result.updatedAt),
  }
}
