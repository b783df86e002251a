import { sql } from 'kysely'
import type { CatalogReader } from '../database/catalog-database.ts'
import type { FindLimits, FoundTerms, TermQuery } from './term-query.ts'
import { isPrefix } from './words.ts'

/** Search in SQLite's FTS5, which gives rows by rowid, that is the rank: it reads no more than it is asked for. */
export async function findInFullText(
  db: CatalogReader,
  query: TermQuery,
  { reach, countMax }: FindLimits,
): Promise<FoundTerms> {
  const all = await listMatches(db, formatMatch('words', query), countMax)
  const hasNames = query.words.length > 0 && all.length > 0
  const named = hasNames ? await listMatches(db, formatMatch('names', query), reach) : []
  return { named, all: all.slice(0, reach), count: all.length }
}

/** SQLite, "FTS5: Full-text Query Syntax". */
function formatMatch(field: 'names' | 'words', { words, marks, without }: TermQuery): string {
  const terms = [
    ...words.map((word) => `${field} : "${word}"${isPrefix(word) ? ' *' : ''}`),
    ...marks.map((mark) => `marks : "${mark}"`),
  ]
  return [`(${terms.join(' AND ')})`, ...without.map((mark) => `(marks : "${mark}")`)].join(' NOT ')
}

async function listMatches(db: CatalogReader, match: string, limit: number): Promise<number[]> {
  const { rows } = await sql<{ rank: number }>`SELECT rowid AS rank FROM hub_search_public
    WHERE hub_search_public MATCH ${match} ORDER BY rowid DESC LIMIT ${limit}`.execute(db)
  return rows.map(({ rank }) => rank)
}
