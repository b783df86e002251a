import type { SqlKind } from '@berth/sql'
import { sql } from 'kysely'
import type { FillOptions } from '../catalog.ts'
import { lockRows, type CatalogDatabase } from '../database/catalog-database.ts'

/** Entries in one transaction, which others wait for no longer than a moment. */
const batch = 500

/**
 * Makes entries be found that are older than what is searched, the most popular first. It goes on where it was ended, and
 * several processes take turns; programs go on reading and writing meanwhile. Returns how many entries it has looked at.
 */
export async function fillSearch(
  database: Pick<CatalogDatabase, 'kind' | 'write'>,
  { signal, onProgress }: FillOptions = {},
): Promise<number> {
  let entries = 0
  for (;;) {
    const filled = signal?.aborted ? 0 : await fillBatch(database)
    if (filled === 0) return entries
    entries += filled
    onProgress?.(entries)
  }
}

/** How many there were; none when nothing is left. */
function fillBatch({ kind, write }: Pick<CatalogDatabase, 'kind' | 'write'>): Promise<number> {
  return write(async (transaction) => {
    const fill = await lockRows(
      kind,
      transaction.selectFrom('hub_search_fill').select('above'),
    ).executeTakeFirst()
    if (!fill) return 0
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
    return ranks.length
  })
}

/** Public entries of these ranks, without those that triggers have put already. */
const puts = {
  sqlite: ({ lowest, above }) => sql`INSERT INTO hub_search_public (rowid, names, words, marks)
    SELECT rank, names, words, marks FROM hub_search
      WHERE rank >= ${lowest} AND rank < ${above} AND is_private = 0
        AND NOT EXISTS (SELECT 1 FROM hub_search_public AS put WHERE put.rowid = hub_search.rank)`,
  // In the order of the table's index, which takes half of the time.
  postgres: ({ lowest, above }) => sql`INSERT INTO hub_search_postings (term, rank)
    SELECT term, rank FROM (
      SELECT hub_search_terms_of(names, words, marks) AS term, rank FROM hub_search
        WHERE rank >= ${lowest} AND rank < ${above} AND is_private = 0
    ) AS found ORDER BY term COLLATE "C", rank
    ON CONFLICT DO NOTHING`,
} satisfies Record<SqlKind, (ranks: { lowest: number; above: number }) => ReturnType<typeof sql>>
