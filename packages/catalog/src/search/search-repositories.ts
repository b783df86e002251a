import { CodedError } from '@berth/stdx'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { quote, shortNameOf } from '../names.ts'
import { parsePaging } from '../paging.ts'
import { isCategory } from '../repositories/categories.ts'
import type { SearchQuery, SearchResult } from '../repositories.ts'
import { heldBy, type RightsHolder } from '../rights.ts'
import type { Listed } from '../viewer.ts'
import { automatedMark, categoryMark, idOfRank, officialMark, publicMark, starsMark } from './search-entry.ts'
import { findNamed, findPrivateEntries, listSearchResults, type MarkFilter } from './search-store.ts'
import { searchTerms } from './search-terms.ts'
import { wordsOf } from './words.ts'

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
  const text = query.text.slice(0, textLengthMax).trim().toLowerCase()
  const words = wordsOf(text).slice(0, wordsMax)
  const filter = parseFilter(query)
  const compare = findComparison(query.ordering ?? 'best_match')
  if (words.length === 0 && text !== '') return { count: 0, entries: [] }
  const reach = compare || query.stars !== undefined ? reachMax : Math.min(offset + limit, reachMax)
  const matches = await findMatches(database, viewer, { text, words, filter, reach })
  const page = (all: readonly number[]) => all.slice(0, reachMax).slice(offset, offset + limit)
  const load = (ids: readonly number[]) => listSearchResults(database.db, viewer, ids)
  if (reach < reachMax || !(compare || query.stars !== undefined))
    return { count: matches.count, entries: pick(await load(page(matches.ids)), page(matches.ids)) }
  const { stars = 0 } = query
  const found = await load(matches.ids.slice(0, reachMax))
  const all = pick(found, matches.ids).filter(({ starCount }) => starCount >= stars)
  const sorted = compare ? all.toSorted(compare) : all
  return { count: all.length, entries: sorted.slice(offset, offset + limit) }
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
  const find = (field: 'names' | 'words', limit: number) =>
    searchTerms(kind).find(db, { field, ...terms }, limit)
  const name = text.replace(/^library\//, '')
  const hasWords = words.length > 0
  const isName = /^[a-z0-9._/-]+$/.test(name)
  const [called, named, all, hidden] = await Promise.all([
    isName ? findNamed(db, { name, ...filter }, reach) : [],
    hasWords ? find('names', reach) : [],
    find('words', reachMax),
    heldBy(viewer) ? findPrivateEntries(db, viewer, { words, ...filter, limit: reachMax }) : [],
  ])
  const isCalled = (full: string) => full === name || shortNameOf(full) === name
  const tiers = [
    [...called, ...hidden.filter((entry) => isCalled(entry.name)).map(({ rank }) => rank)],
    [...named, ...hidden.filter(({ isNamed }) => isNamed).map(({ rank }) => rank)],
    [...all, ...hidden.map(({ rank }) => rank)],
  ]
  const ranks = new Set(tiers.flatMap((tier) => tier.toSorted((a, b) => b - a)))
  return { count: Math.min(all.length + hidden.length, reachMax), ids: [...ranks].map(idOfRank) }
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

const pick = (results: ReadonlyMap<number, SearchResult>, ids: readonly number[]): SearchResult[] =>
  ids.flatMap((id) => results.get(id) ?? [])
