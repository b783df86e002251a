import { sql, type RawBuilder } from 'kysely'
import type { CatalogReader } from '../database/catalog-database.ts'
import { beginningMax } from '../database/search-migration.ts'
import type { FindLimits, FoundTerms, TermQuery } from './term-query.ts'

/**
 * Search in PostgreSQL's `hub_search_postings`. A term's rows lie in the order in which they are shown, so that of one term
 * only the first are read, and of several they are merged until enough are found.
 */
export async function findPostings(
  db: CatalogReader,
  query: TermQuery,
  { reach, countMax }: FindLimits,
): Promise<FoundTerms> {
  // Twice as itself: planned as one statement, read no further than each part says.
  const named = query.words.length > 0 ? postings('names', query, reach) : sql`SELECT 0 AS rank LIMIT 0`
  const { rows } = await sql<{ rank: number; count: number; is_named: number }>`
    WITH found AS MATERIALIZED (${postings('words', query, countMax)})
    (SELECT rank, (SELECT count(*) FROM found) AS count, 0 AS is_named FROM found LIMIT ${reach})
    UNION ALL SELECT rank, 0, 1 FROM (${named}) AS named`.execute(db)
  const ranks = (isNamed: 0 | 1) => rows.filter((row) => row.is_named === isNamed).map(({ rank }) => rank)
  return { named: ranks(1), all: ranks(0), count: Math.max(0, ...rows.map((row) => row.count)) }
}

function postings(field: 'names' | 'words', { words, marks, without }: TermQuery, limit: number) {
  const terms = [
    ...words.map((word) => `${letters[field]}.${beginningOf(word)}`),
    ...marks.map((mark) => `m.${mark}`),
  ]
  const [first, ...others] = terms.map((term, index) => ({ term, alias: sql.ref(`p${index}`) }))
  const joins = others.map(
    ({ term, alias }) =>
      sql` JOIN hub_search_postings AS ${alias} ON ${alias}.rank = p0.rank AND ${alias}.term = ${term}`,
  )
  const conditions = [
    sql`p0.term = ${first?.term}`,
    ...without.map(
      (mark) => sql`NOT EXISTS (SELECT FROM hub_search_postings AS other
        WHERE other.rank = p0.rank AND other.term = ${`m.${mark}`})`,
    ),
    ...words.filter((word) => beginningOf(word) !== word).map((word) => hasWhole(field, word)),
  ]
  return sql`SELECT p0.rank FROM hub_search_postings AS p0${sql.join(joins, sql``)}
    WHERE ${sql.join(conditions, sql` AND `)} ORDER BY p0.rank DESC LIMIT ${limit}`
}

const letters = { names: 'n', words: 'w' } as const

/** As the postings have it. */
const beginningOf = (word: string): string => Array.from(word).slice(0, beginningMax).join('')

/** Long words are few: the rest of them is looked for in the row itself. */
function hasWhole(field: 'names' | 'words', word: string): RawBuilder<unknown> {
  return sql`EXISTS (SELECT FROM hub_search AS s
    WHERE s.rank = p0.rank AND ${sql.ref(`s.${field}`)} LIKE ${`% ${word}%`})`
}
