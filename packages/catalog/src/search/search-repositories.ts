import { CodedError } from '@berth/stdx'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { quote, shortNameOf } from '../names.ts'
import { parsePaging } from '../paging.ts'
import { isCategory } from '../categories.ts'
import type { SearchQuery, SearchResult } from '../repositories.ts'
import { heldBy, type RightsHolder } from '../rights.ts'
import type { Listed } from '../viewer.ts'
import {
  automatedMark,
  categoryMark,
  idOfRank,
  officialMark,
  publicMark,
  starsMark,
  starStepOf,
} from './search-entry.ts'
import {
  findNamed,
  findPrivateEntries,
  listSearchResults,
  listSortKeys,
  type MarkFilter,
  type SortKeys,
} from './search-store.ts'
import { findTerms } from './search-terms.ts'
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
  const isExact = stars === 0 || starStepOf(stars) === stars
  const needsAll = compare !== undefined || !isExact
  const reach = needsAll ? reachMax : Math.min(offset + limit, reachMax)
  const matches = await findMatches(database, viewer, { text, words, filter, reach })
  const ids = matches.ids.slice(0, reachMax)
  if (!needsAll) {
    const wanted = ids.slice(offset, offset + limit)
    return { count: matches.count, entries: await listResults(database, viewer, wanted) }
  }
  const keys = (await listSortKeys(database, ids)).filter(({ starCount }) => starCount >= stars)
  const sorted = compare ? keys.toSorted(compare) : keys
  const wanted = sorted.slice(offset, offset + limit).map(({ id }) => id)
  return { count: keys.length, entries: await listResults(database, viewer, wanted) }
}

/** In the order of `ids`, without those that are gone meanwhile. */
async function listResults(
  database: CatalogDatabase,
  viewer: RightsHolder,
  ids: readonly number[],
): Promise<SearchResult[]> {
  const found = await listSearchResults(database, viewer, ids)
  return ids.flatMap((id) => found.get(id) ?? [])
}

interface Wanted {
  text: string
  words: readonly string[]
  filter: MarkFilter
  /** How many of the best are needed. */
  reach: number
}

async function findMatches(
  database: CatalogDatabase,
  viewer: RightsHolder,
  { text, words, filter, reach }: Wanted,
): Promise<{ count: number; ids: number[] }> {
  const { db } = database
  const { marks, without } = filter
  // Only what is public is found there: its mark says nothing beside another term.
  const terms = { words, marks: words.length + marks.length > 0 ? marks : [publicMark], without }
  const name = text.replace(/^library\//, '')
  const isName = /^[a-z0-9._/-]+$/.test(name)
  const [called, matching, hidden] = await Promise.all([
    isName ? findNamed(db, { name, ...filter }, reach) : [],
    findTerms(database, terms, { reach, countMax: reachMax }),
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

type Comparison = (a: SortKeys, b: SortKeys) => number

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
