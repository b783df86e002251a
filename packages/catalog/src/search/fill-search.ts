import type { SqlKind } from '@berth/sql'
import { sql } from 'kysely'
import { lockRows, type CatalogDatabase } from '../database/catalog-database.ts'

/** Entries in one transaction, which others wait for no longer than a moment. */
const batch = 500

/**
 * Makes entries be found that are older than what is searched, the most popular first. It goes on where it was ended, and
 * several processes take turns; programs of before go on reading and writing meanwhile.
 */
export async function fillSearch(database: Pick<CatalogDatabase, 'kind' | 'write'>): Promise<void> {
  let isLeft = true
  while (isLeft) isLeft = await fillBatch(database)
}

/** False when nothing is left. */
function fillBatch({ kind, write }: Pick<CatalogDatabase, 'kind' | 'write'>): Promise<boolean> {
  return write(async (transaction) => {
    const fill = await lockRows(
      kind,
      transaction.selectFrom('hub_search_fill').select('above'),
    ).executeTakeFirst()
    if (!fill) return false
    // None of them goes away between being read and being put.
    const entries = transaction
      .selectFrom('hub_search')
      .select('rank')
      .where('rank', '<', fill.above)
      .orderBy('rank', 'desc')
      .limit(batch)
    const ranks = (await lockRows(kind, entries).execute()).map(({ rank }) => rank)
    const lowest = ranks.at(-1)
    if (lowest === undefined) await transaction.deleteFrom('hub_search_fill').execute()
    else {
      await puts[kind]({ lowest, above: fill.above }).execute(transaction)
      await transaction.updateTable('hub_search_fill').set({ above: lowest }).execute()
    }
    return lowest !== undefined
  })
}

/** Public entries of these ranks, without those that triggers have put already. */
const puts = {
  sqlite: ({ lowest, above }) => sql`INSERT INTO hub_search_public (rowid, names, words, marks)
    SELECT rank, names, words, marks FROM hub_search
      WHERE rank >= ${lowest} AND rank < ${above} AND is_private = 0
        AND NOT EXISTS (SELECT 1 FROM hub_search_public AS put WHERE put.rowid = hub_search.rank)`,
  postgres: ({ lowest, above }) => sql`INSERT INTO hub_search_postings (term, rank)
    SELECT hub_search_terms_of(names, words, marks), rank FROM hub_search
      WHERE rank >= ${lowest} AND rank < ${above} AND is_private = 0
    ON CONFLICT DO NOTHING`,
} satisfies Record<SqlKind, (ranks: { lowest: number; above: number }) => ReturnType<typeof sql>>
