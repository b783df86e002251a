import { CodedError } from '@berth/stdx'
import type { CatalogDatabase, CatalogReader } from '../database/catalog-database.ts'
import { quote, shortNameOf } from '../names.ts'
import { parsePaging } from '../paging.ts'
import { isCategory } from '../repositories/categories.ts'
import type { SearchQuery, SearchResult } from '../repositories.ts'
import { heldBy, type RightsHolder } from '../rights.ts'
import type { Listed } from '../viewer.ts'
import { automatedMark, categoryMark, idOfRank, officialMark, publicMark, starsMark } from './search-entry.ts'
import { findNamed, findPrivateEntries, listSearchResults, type MarkFilter } from './search-store.ts'
import { searchTerms, type SearchTerms, type TermQuery } from './search-terms.ts'
import { withoutAccents, wordsOf } from './words.ts'

/** So far one can page, and count. */
const reachMax = 1000
const textLengthMax = 256
const wordsMax = 8

/**
 * First what is called so, then what has the words in its name, then what has them in its description; within each the
 * official ones, then the most starred. Each of the three is read from an index in that order, no further than wanted.
 */
export async function searchRepositories(
  database: CatalogDatabase,
  viewer: RightsHolder,
  query: SearchQuery,
): Promise<Listed<SearchResult>> {
  const { offset, limit } = parsePaging(query)
  const text = withoutAccents(query.text.slice(0, textLengthMax)).trim()
  const words = wordsOf(text).slice(0, wordsMax)
  const filter = parseFilter(query)
  const compare = findComparison(query.ordering ?? 'best_match')
  if (words.length === 0 && text !== '') return { count: 0, entries: [] }
  const { stars = 0 } = query
  const needsAll = compare !== undefined || stars > 0
  const reach = Math.min(needsAll ? reachMax : offset + limit, reachMax)
  const { count, ids } = await findMatches(database, viewer, { text, words, filter, reach })
  const wanted = needsAll ? ids.slice(0, reachMax) : ids.slice(0, reachMax).slice(offset, offset + limit)
  const found = await listSearchResults(database.db, viewer, wanted)
  const results = wanted.flatMap((id) => found.get(id) ?? [])
  if (!needsAll) return { count, entries: results }
  const passing = results.filter(({ starCount }) => starCount >= stars)
  const sorted = compare ? passing.toSorted(compare) : passing
  return { count: sorted.length, entries: sorted.slice(offset, offset + limit) }
}

interface Wanted {
  text: string
  words: readonly string[]
  filter: MarkFilter
  /** How many of the best are needed. */
  reach: number
}

async function findMatches(
  { kind, db }: CatalogDatabase,
  viewer: RightsHolder,
  { text, words, filter, reach }: Wanted,
): Promise<{ count: number; ids: number[] }> {
  const { marks, without } = filter
  const terms = { words, marks: [publicMark, ...marks], without }
  const name = text.replace(/^library\//, '')
  const isName = /^[a-z0-9._/-]+$/.test(name)
  const [called, matching, hidden] = await Promise.all([
    isName ? findNamed(db, { name, ...filter }, reach) : [],
    findTiers(searchTerms(kind), db, { terms, reach }),
    heldBy(viewer) ? findPrivateEntries(db, viewer, { words, ...filter, limit: reachMax }) : [],
  ])
  const isCalled = (full: string) => full === name || shortNameOf(full) === name
  const tiers = [
    [...called, ...hidden.filter((entry) => isCalled(entry.name)).map(({ rank }) => rank)],
    [...matching.named, ...hidden.filter(({ isNamed }) => isNamed).map(({ rank }) => rank)],
    [...matching.all, ...hidden.map(({ rank }) => rank)],
  ]
  const ranks = new Set(tiers.flatMap((tier) => tier.toSorted((a, b) => b - a)))
  return { count: Math.min(matching.count + hidden.length, reachMax), ids: [...ranks].map(idOfRank) }
}

/** Public entries by the words of their names, then by all their words where the names are not enough. */
async function findTiers(
  search: SearchTerms,
  db: CatalogReader,
  { terms, reach }: { terms: Omit<TermQuery, 'field'>; reach: number },
): Promise<{ named: number[]; all: number[]; count: number }> {
  const inWords: TermQuery = { field: 'words', ...terms }
  const count = await search.count(db, inWords, reachMax)
  const limits = { limit: reach, isRare: count < reachMax }
  const named =
    terms.words.length > 0 && count > 0 ? await search.find(db, { ...inWords, field: 'names' }, limits) : []
  const all = named.length < Math.min(reach, count) ? await search.find(db, inWords, limits) : []
  return { named, all, count }
}

function parseFilter({ isOfficial, isAutomated, category, stars = 0 }: SearchQuery): MarkFilter {
  if (!Number.isSafeInteger(stars) || stars < 0)
    throw new CodedError('invalid-argument', 'Cannot search: stars is not a number of stars')
  if (category !== undefined && !isCategory(category))
    throw new CodedError('invalid-argument', `Cannot search: there is no category ${quote(category)}`)
  const marks = [
    isOfficial ? officialMark : undefined,
    isAutomated ? automatedMark : undefined,
    category === undefined ? undefined : categoryMark(category),
    starsMark(stars),
  ]
  const without = [
    isOfficial === false ? officialMark : undefined,
    isAutomated === false ? automatedMark : undefined,
  ]
  const isMark = (mark: string | undefined) => mark !== undefined
  return { marks: marks.filter(isMark), without: without.filter(isMark) }
}

type Comparison = (a: SearchResult, b: SearchResult) => number

const comparisons: Readonly<Record<NonNullable<SearchQuery['ordering']>, Comparison | undefined>> = {
  best_match: undefined,
  '-star_count': (a, b) => b.starCount - a.starCount,
  '-pull_count': (a, b) => b.pullCount - a.pullCount,
  '-last_updated': (a, b) => b.updatedAt - a.updatedAt,
}

/** Orderings are these and no other text: none of it reaches a statement. */
function findComparison(ordering: string): Comparison | undefined {
  if (Object.hasOwn(comparisons, ordering)) return comparisons[ordering as keyof typeof comparisons]
  throw new CodedError('invalid-argument', `Cannot search: there is no ordering ${quote(ordering)}`)
}
