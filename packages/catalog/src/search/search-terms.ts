import type { SqlKind } from '@berth/sql'
import { sql, type RawBuilder } from 'kysely'
import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { SearchEntry } from './search-entry.ts'

/** Entries that have all `words` in `field` (as beginnings, from two letters on), all `marks` and none of `without`. */
export interface TermQuery {
  field: 'names' | 'words'
  words: readonly string[]
  /** One at least. */
  marks: readonly string[]
  without: readonly string[]
}

/** The words of entries, as each database finds them. What is asked for are words of `wordsOf` and marks: never syntax. */
export interface SearchTerms {
  /** What an entry's row of `hub_search` has of them. */
  columns(entry: SearchEntry): { terms?: RawBuilder<string> }
  /** Their rows are in `hub_search` already. */
  put(transaction: CatalogWriter, entries: readonly SearchEntry[]): Promise<void>
  remove(transaction: CatalogWriter, rank: number): Promise<void>
  /** Ranks, the highest first. */
  find(db: CatalogReader, query: TermQuery, limits: FindLimits): Promise<number[]>
  /** How many there are, counted no further than `countMax`. */
  count(db: CatalogReader, query: TermQuery, countMax: number): Promise<number>
}

export interface FindLimits {
  /** Of ranks. */
  limit: number
  /** Whether it is known that few match: about as many as are counted. */
  isRare: boolean
}

const prefixLengthMin = 2

/** Whether a word stands for all that begin with it: one letter would be for too many. */
export const isPrefix = (word: string): boolean => word.length >= prefixLengthMin

/** SQLite's FTS5 gives rows by rowid, which is the rank: it reads no more than it is asked for. */
const sqliteTerms: SearchTerms = {
  // They are in a table of their own.
  columns: () => ({}),
  async put(transaction, entries) {
    const rows = entries.map(
      ({ rank, names, words, marks }) =>
        sql`(${rank}, ${names.join(' ')}, ${words.join(' ')}, ${marks.join(' ')})`,
    )
    await sql`INSERT INTO hub_search_terms (rowid, names, words, marks) VALUES ${sql.join(rows)}`.execute(
      transaction,
    )
  },
  async remove(transaction, rank) {
    await sql`DELETE FROM hub_search_terms WHERE rowid = ${rank}`.execute(transaction)
  },
  find: (db, query, { limit }) =>
    listRanks(
      db,
      sql`SELECT rowid AS rank FROM hub_search_terms WHERE hub_search_terms MATCH ${formatMatch(query)}
        ORDER BY rowid DESC LIMIT ${limit}`,
    ),
  count: (db, query, countMax) =>
    countRows(
      db,
      sql`SELECT 1 FROM hub_search_terms WHERE hub_search_terms MATCH ${formatMatch(query)} LIMIT ${countMax}`,
    ),
}

/** SQLite, "FTS5: Full-text Query Syntax". */
function formatMatch({ field, words, marks, without }: TermQuery): string {
  const terms = words.map((word) => `${field} : "${word}"${isPrefix(word) ? ' *' : ''}`)
  const all = [...terms, ...marks.map((mark) => `marks : "${mark}"`)].join(' AND ')
  return [`(${all})`, ...without.map((mark) => `(marks : "${mark}")`)].join(' NOT ')
}

/** The most popular, among which words that are everywhere are found without asking the index. */
const topMax = 2000

/**
 * PostgreSQL's terms carry their field, so that an index entry says all. Its index knows no order: what
 * is in many rows is found among the first of them, and of what is in few all are read.
 */
const postgresTerms: SearchTerms = {
  columns({ names, words, marks }) {
    const terms = [
      ...names.map((word) => `n.${word}`),
      ...words.map((word) => `w.${word}`),
      ...marks.map((mark) => `m.${mark}`),
    ]
    return { terms: sql<string>`array_to_tsvector(${terms}::text[])` }
  },
  // They come and go with their row.
  async put() {},
  async remove() {},
  find(db, query, { limit, isRare }) {
    const isMatch = sql`terms @@ ${formatTsquery(query)}::tsquery`
    const matching = sql`SELECT rank FROM hub_search WHERE ${isMatch}`
    // Ordered by a sum, or all rows would be read in order for the sake of a few.
    const best = sql`ORDER BY rank + 0 DESC LIMIT ${limit}`
    if (isRare) return listRanks(db, sql`${matching} ${best}`)
    const isEnough = sql`(SELECT count(*) FROM top) >= ${limit}::bigint`
    return listRanks(
      db,
      sql`WITH top AS MATERIALIZED (
          SELECT rank FROM (SELECT rank, terms FROM hub_search ORDER BY rank DESC LIMIT ${topMax}) AS first
          WHERE ${isMatch} ORDER BY rank DESC LIMIT ${limit}
        )
        SELECT rank FROM (
          SELECT rank FROM top WHERE ${isEnough}
          UNION ALL ${matching} AND NOT ${isEnough}
        ) AS ranks ${best}`,
    )
  },
  count: (db, query, countMax) =>
    countRows(
      db,
      sql`SELECT 1 FROM hub_search WHERE terms @@ ${formatTsquery(query)}::tsquery LIMIT ${countMax}`,
    ),
}

/** PostgreSQL, "8.11.2. tsquery". */
function formatTsquery({ field, words, marks, without }: TermQuery): string {
  const letter = field === 'names' ? 'n' : 'w'
  return [
    ...words.map((word) => `'${letter}.${word}'${isPrefix(word) ? ':*' : ''}`),
    ...marks.map((mark) => `'m.${mark}'`),
    ...without.map((mark) => `!'m.${mark}'`),
  ].join(' & ')
}

async function listRanks(db: CatalogReader, query: RawBuilder<unknown>): Promise<number[]> {
  const { rows } = await (query as RawBuilder<{ rank: number }>).execute(db)
  return rows.map(({ rank }) => rank)
}

async function countRows(db: CatalogReader, query: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM (${query}) AS counted`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

export const searchTerms = (kind: SqlKind): SearchTerms => (kind === 'sqlite' ? sqliteTerms : postgresTerms)
