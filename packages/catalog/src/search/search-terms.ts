import type { SqlKind } from '@berth/sql'
import { sql } from 'kysely'
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
  put(transaction: CatalogWriter, entry: SearchEntry): Promise<void>
  remove(transaction: CatalogWriter, rank: number): Promise<void>
  /** Ranks, the highest first, at most `limit`. */
  find(db: CatalogReader, query: TermQuery, limit: number): Promise<number[]>
}

const prefixLengthMin = 2

/** SQLite's FTS5 gives rows by rowid, which is the rank: it reads no more than it is asked for. */
const sqliteTerms: SearchTerms = {
  async put(transaction, { rank, names, words, marks }) {
    await sql`INSERT INTO hub_search_terms (rowid, names, words, marks)
      VALUES (${rank}, ${names.join(' ')}, ${words.join(' ')}, ${marks.join(' ')})`.execute(transaction)
  },
  async remove(transaction, rank) {
    await sql`DELETE FROM hub_search_terms WHERE rowid = ${rank}`.execute(transaction)
  },
  async find(db, { field, words, marks, without }, limit) {
    const terms = words.map((word) => `${field} : "${word}"${isPrefix(word) ? ' *' : ''}`)
    const all = [...terms, ...marks.map((mark) => `marks : "${mark}"`)].join(' AND ')
    const match = [`(${all})`, ...without.map((mark) => `(marks : "${mark}")`)].join(' NOT ')
    const { rows } = await sql<{ rank: number }>`SELECT rowid AS rank FROM hub_search_terms
      WHERE hub_search_terms MATCH ${match} ORDER BY rowid DESC LIMIT ${limit}`.execute(db)
    return rows.map(({ rank }) => rank)
  },
}

/** PostgreSQL's terms carry their field: an index entry says all, and no row has to be looked at. */
const postgresTerms: SearchTerms = {
  async put(transaction, { rank, names, words, marks }) {
    const terms = [
      ...names.map((word) => `n.${word}`),
      ...words.map((word) => `w.${word}`),
      ...marks.map((mark) => `m.${mark}`),
    ]
    await sql`UPDATE hub_search SET terms = array_to_tsvector(${terms}::text[]) WHERE rank = ${rank}`.execute(
      transaction,
    )
  },
  // They are a column of the row that goes.
  async remove() {},
  async find(db, { field, words, marks, without }, limit) {
    const letter = field === 'names' ? 'n' : 'w'
    const terms = [
      ...words.map((word) => `'${letter}.${word}'${isPrefix(word) ? ':*' : ''}`),
      ...marks.map((mark) => `'m.${mark}'`),
      ...without.map((mark) => `!'m.${mark}'`),
    ]
    const { rows } = await sql<{ rank: number }>`SELECT rank FROM hub_search
      WHERE terms @@ ${terms.join(' & ')}::tsquery ORDER BY rank DESC LIMIT ${limit}`.execute(db)
    return rows.map(({ rank }) => rank)
  },
}

export const searchTerms = (kind: SqlKind): SearchTerms => (kind === 'sqlite' ? sqliteTerms : postgresTerms)

/** Whether a word stands for all that begin with it: one letter would be for too many. */
export const isPrefix = (word: string): boolean => word.length >= prefixLengthMin
