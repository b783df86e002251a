import type { CatalogDatabase } from '../database/catalog-database.ts'
import { findInFullText } from './full-text.ts'
import { findPostings } from './postings.ts'
import type { FindLimits, FoundTerms, TermQuery } from './term-query.ts'

/**
 * Finds entries by their terms, as each database does it best. What is asked for are words of `wordsOf` and marks: never
 * syntax.
 */
export function findTerms(
  { kind, db }: Pick<CatalogDatabase, 'kind' | 'db'>,
  query: TermQuery,
  limits: FindLimits,
): Promise<FoundTerms> {
  return kind === 'sqlite' ? findInFullText(db, query, limits) : findPostings(db, query, limits)
}
