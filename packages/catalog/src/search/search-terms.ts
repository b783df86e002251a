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
  /** Their rows are in `hub_search` already. */
  put(transaction: CatalogWriter, entries: readonly SearchEntry[]): Promise<void>
  remove(transaction: CatalogWriter, rank: number): Promise<void>
  find(db: CatalogReader, query: TermQuery, limits: FindLimits): Promise<FoundRanks>
}

export interface FindLimits {
  /** Of ranks. */
  limit: number
  /** How far it is counted how many there are. */
  countMax: number
}

export interface FoundRanks {
  /** The highest first. */
  ranks: number[]
  count: number
}

const prefixLengthMin = 2

/** Whether a word stands for all that begin with it: one letter would be for too many. */
export const isPrefix = (word: string): boolean => word.length >= prefixLengthMin

/** SQLite's FTS5 gives rows by rowid, which is the rank: it reads no more than it is asked for. */
const sqliteTerms: SearchTerms = {
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
  async find(db, query, { limit, countMax }) {
    const matching = sql`FROM hub_search_terms WHERE hub_search_terms MATCH ${formatMatch(query)}`
    const ranks = await listRanks(
      db,
      sql`SELECT rowid AS rank ${matching} ORDER BY rowid DESC LIMIT ${limit}`,
    )
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM (
      SELECT 1 ${matching} LIMIT ${countMax})`.execute(db)
    return { ranks, count: rows[0]?.count ?? 0 }
  },
}

/** SQLite, "FTS5: Full-text Query Syntax". */
function formatMatch({ field, words, marks, without }: TermQuery): string {
  const terms = words.map((word) => `${field} : "${word}"${isPrefix(word) ? ' *' : ''}`)
  const all = [...terms, ...marks.map((mark) => `marks : "${mark}"`)].join(' AND ')
  return [`(${all})`, ...without.map((mark) => `(marks : "${mark}")`)].join(' NOT ')
}

/** The most popular, among which words that are everywhere are found without asking the index. */
const topMax = 4000

/**
 * PostgreSQL's terms carry their field, so that an index entry says all. Its index knows no order: of what is in few rows
 * all are read, and what is in many is found among the first of them.
 */
const postgresTerms: SearchTerms = {
  async put(transaction, entries) {
    const rows = entries.map(({ rank, names, words, marks }) => {
      const terms = [
        ...names.map((word) => `n.${word}`),
        ...words.map((word) => `w.${word}`),
        ...marks.map((mark) => `m.${mark}`),
      ]
      return sql`(${rank}::bigint, ${terms}::text[])`
    })
    await sql`UPDATE hub_search AS s SET terms = array_to_tsvector(v.terms)
      FROM (VALUES ${sql.join(rows)}) AS v (rank, terms) WHERE s.rank = v.rank`.execute(transaction)
  },
  // They are a column of the row that goes.
  async remove() {},
  async find(db, query, { limit, countMax }) {
    const isMatch = sql`terms @@ ${formatTsquery(query)}::tsquery`
    const some = await listRanks(db, sql`SELECT rank FROM hub_search WHERE ${isMatch} LIMIT ${countMax}`)
    if (some.length < countMax)
      return { ranks: some.toSorted((a, b) => b - a).slice(0, limit), count: some.length }
    const top = await listRanks(
      db,
      sql`SELECT rank FROM (SELECT rank, terms FROM hub_search ORDER BY rank DESC LIMIT ${topMax}) AS top
        WHERE ${isMatch} ORDER BY rank DESC LIMIT ${limit}`,
    )
    if (top.length === limit) return { ranks: top, count: countMax }
    const ranks = await listRanks(
      db,
      sql`WITH found AS MATERIALIZED (SELECT rank FROM hub_search WHERE ${isMatch})
        SELECT rank FROM found ORDER BY rank DESC LIMIT ${limit}`,
    )
    return { ranks, count: countMax }
  },
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

export const searchTerms = (kind: SqlKind): SearchTerms => (kind === 'sqlite' ? sqliteTerms : postgresTerms)
