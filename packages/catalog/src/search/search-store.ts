import type { SqlKind } from '@berth/sql'
import { sql, type RawBuilder } from 'kysely'
import type { CatalogDatabase, CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import { isOfficialName } from '../names.ts'
import type { SearchResult } from '../repositories.ts'
import { isReadablePrivate, levelFor, type RightsHolder } from '../rights.ts'
import { searchEntryOf, type SearchSubject } from './search-entry.ts'
import { isPrefix } from './words.ts'

/** Makes search see a repository as it is now; a new one too. */
export async function putSearchEntry(db: CatalogWriter, subject: SearchSubject): Promise<void> {
  await removeSearchEntry(db, subject.id)
  await insertSearchEntries(db, [subject])
}

/** Of repositories that search knows nothing of yet. */
export async function insertSearchEntries(
  db: CatalogWriter,
  subjects: readonly SearchSubject[],
): Promise<void> {
  const entries = subjects.map(searchEntryOf)
  await db
    .insertInto('hub_search')
    .values(
      entries.map((entry) => ({
        rank: entry.rank,
        repository_id: entry.repositoryId,
        short_name: entry.shortName,
        is_private: Number(entry.isPrivate),
        names: spaced(entry.names),
        words: spaced(entry.words),
        marks: spaced(entry.marks),
      })),
    )
    .execute()
}

export async function removeSearchEntry(db: CatalogWriter, repositoryId: number): Promise<void> {
  await db.deleteFrom('hub_search').where('repository_id', '=', repositoryId).execute()
}

/** After stars or pulls were counted: writes where the step or the rank has changed, which is seldom. */
export async function refreshSearchEntries(
  db: CatalogWriter,
  repositoryIds: readonly number[],
): Promise<void> {
  if (repositoryIds.length === 0) return
  const rows = await db
    .selectFrom('hub_repositories as r')
    .innerJoin('hub_search as s', 's.repository_id', 'r.id')
    .select(['r.id', 'r.name', 'r.description', 'r.categories', 'r.is_private', 'r.source'])
    .select(['r.star_count', 'r.pull_count', 's.rank', 's.marks'])
    .where('r.id', 'in', repositoryIds)
    .orderBy('r.id')
    .execute()
  for (const row of rows) {
    const subject = {
      id: row.id,
      name: row.name,
      description: row.description,
      categories: JSON.parse(row.categories) as string[],
      isPrivate: row.is_private === 1,
      isOfficial: isOfficialName(row.name),
      isAutomated: row.source !== null,
      starCount: row.star_count,
      pullCount: row.pull_count,
    }
    const { rank, marks } = searchEntryOf(subject)
    if (rank !== row.rank || spaced(marks) !== row.marks) await putSearchEntry(db, subject)
  }
}

/** What is filtered by: marks that an entry has, and marks that it has not. */
export interface MarkFilter {
  marks: readonly string[]
  without: readonly string[]
}

/** Public entries of exactly this name, with or without its namespace, the highest rank first. */
export async function findNamed(
  db: CatalogReader,
  { name, ...filter }: MarkFilter & { name: string },
  limit: number,
): Promise<number[]> {
  const named = db
    .selectFrom('hub_search as s')
    .select('s.rank')
    .where('s.is_private', '=', 0)
    .where(passes(filter))
    .orderBy('s.rank', 'desc')
    .limit(limit)
  // Each by its own index: asked for both at once, a database reads all.
  const short = await named.where('s.short_name', '=', name).execute()
  const full = name.includes('/')
    ? await named
        .innerJoin('hub_repositories as r', 'r.id', 's.repository_id')
        .where('r.name', '=', name)
        .execute()
    : []
  return [...full, ...short].map(({ rank }) => rank)
}

export interface PrivateEntry {
  rank: number
  name: string
  /** Whether all words are in the name. */
  isNamed: boolean
}

/** Private ones that the viewer may read: looked for among theirs, which are not many. */
export async function findPrivateEntries(
  db: CatalogReader,
  viewer: RightsHolder,
  { words, limit, ...filter }: MarkFilter & { words: readonly string[]; limit: number },
): Promise<PrivateEntry[]> {
  const rows = await db
    .selectFrom('hub_search as s')
    .innerJoin('hub_repositories as r', 'r.id', 's.repository_id')
    .select(['s.rank', 'r.name'])
    .select(sql<number>`(CASE WHEN ${hasWords('names', words)} THEN 1 ELSE 0 END)`.as('is_named'))
    .where('s.is_private', '=', 1)
    .where(isReadablePrivate(viewer))
    .where(hasWords('words', words))
    .where(passes(filter))
    .orderBy('s.rank', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ rank, name, is_named }) => ({ rank, name, isNamed: is_named === 1 }))
}

/** What results can be sorted by. */
export type SortKeys = Pick<SearchResult, 'starCount' | 'pullCount' | 'updatedAt'>

/** Of those that are there, in the order of `repositoryIds`. */
export async function listSortKeys(
  { kind, db }: Pick<CatalogDatabase, 'kind' | 'db'>,
  repositoryIds: readonly number[],
): Promise<(SortKeys & { id: number })[]> {
  if (repositoryIds.length === 0) return []
  const rows = await db
    .selectFrom('hub_repositories')
    .select(['id', 'star_count as starCount', 'pull_count as pullCount', 'updated_at as updatedAt'])
    .where(isOneOf(kind, 'id', repositoryIds))
    .execute()
  const found = new Map(rows.map((row) => [row.id, row]))
  return repositoryIds.flatMap((id) => found.get(id) ?? [])
}

/** As rows of results. */
export async function listSearchResults(
  { kind, db }: Pick<CatalogDatabase, 'kind' | 'db'>,
  viewer: RightsHolder,
  repositoryIds: readonly number[],
): Promise<Map<number, SearchResult>> {
  if (repositoryIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('hub_repositories as r')
    .select(['r.id', 'r.name', 'r.description', 'r.is_private', 'r.source', 'r.star_count'])
    .select(['r.pull_count', 'r.categories', 'r.updated_at'])
    .where(isOneOf(kind, 'r.id', repositoryIds))
    .where(sql<boolean>`${levelFor(viewer)} >= 1`)
    .execute()
  return new Map(rows.map((row) => [row.id, toResult(row)]))
}

/** As one value: a thousand of them take longer to plan than to find. */
function isOneOf(kind: SqlKind, column: string, ids: readonly number[]): RawBuilder<boolean> {
  const ref = sql.ref(column)
  return kind === 'sqlite'
    ? sql<boolean>`${ref} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
    : sql<boolean>`${ref} = ANY(${ids}::bigint[])`
}

function toResult(row: {
  name: string
  description: string
  is_private: number
  source: string | null
  star_count: number
  pull_count: number
  categories: string
  updated_at: number
}): SearchResult {
  return {
    name: row.name,
    description: row.description,
    isPrivate: row.is_private === 1,
    isOfficial: isOfficialName(row.name),
    isAutomated: row.source !== null,
    starCount: row.star_count,
    pullCount: row.pull_count,
    categories: JSON.parse(row.categories) as string[],
    updatedAt: row.updated_at,
  }
}

const all = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  conditions.length === 0 ? sql<boolean>`(1 = 1)` : sql<boolean>`(${sql.join(conditions, sql` AND `)})`

function passes({ marks, without }: MarkFilter): RawBuilder<boolean> {
  return all([
    ...marks.map((mark) => sql<boolean>`s.marks LIKE ${`% ${mark} %`}`),
    ...without.map((mark) => sql<boolean>`s.marks NOT LIKE ${`% ${mark} %`}`),
  ])
}

/** Words are letters and digits, so a pattern has no signs of theirs. */
function hasWords(column: 'names' | 'words', words: readonly string[]): RawBuilder<boolean> {
  const ref = sql.ref(`s.${column}`)
  return all(words.map((word) => sql<boolean>`${ref} LIKE ${isPrefix(word) ? `% ${word}%` : `% ${word} %`}`))
}

const spaced = (words: readonly string[]): string => ` ${words.join(' ')} `
