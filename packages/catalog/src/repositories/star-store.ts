import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import { refreshSearchEntries } from '../search/search-store.ts'
import { levelFor, type RightsHolder } from '../rights.ts'
import { sql } from 'kysely'
import { selectRepositories, toRecord, type RepositoryRecord } from './repository-store.ts'

type Star = { accountId: number; repositoryId: number }

/** Counts only what has changed: a second star of the same account is none. */
export async function addStar(
  db: CatalogWriter,
  { accountId, repositoryId }: Star,
  createdAt: number,
): Promise<void> {
  const row = await db
    .insertInto('hub_stars')
    .values({ account_id: accountId, repository_id: repositoryId, created_at: createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('repository_id')
    .executeTakeFirst()
  if (row) await countStars(db, { repositoryIds: [repositoryId], change: 1 })
}

export async function removeStar(db: CatalogWriter, { accountId, repositoryId }: Star): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('hub_stars')
    .where('account_id', '=', accountId)
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst()
  if (numDeletedRows > 0) await countStars(db, { repositoryIds: [repositoryId], change: -1 })
}

/** All that an account has given. */
export async function removeStars(db: CatalogWriter, accountId: number): Promise<void> {
  const rows = await db
    .deleteFrom('hub_stars')
    .where('account_id', '=', accountId)
    .returning('repository_id')
    .execute()
  const repositoryIds = rows.map(({ repository_id }) => repository_id)
  for (let start = 0; start < repositoryIds.length; start += batchMax)
    await countStars(db, { repositoryIds: repositoryIds.slice(start, start + batchMax), change: -1 })
}

const batchMax = 500

async function countStars(
  db: CatalogWriter,
  { repositoryIds, change }: { repositoryIds: readonly number[]; change: number },
): Promise<void> {
  await db
    .updateTable('hub_repositories')
    .set((row) => ({ star_count: row('star_count', '+', change) }))
    .where('id', 'in', repositoryIds)
    .execute()
  await refreshSearchEntries(db, repositoryIds)
}

/** What an account has starred, the last first, as far as the viewer sees it. */
export async function listStarredRecords(
  db: CatalogReader,
  viewer: RightsHolder,
  { accountId, offset, limit }: { accountId: number; offset: number; limit: number },
): Promise<{ count: number; entries: RepositoryRecord[] }> {
  const isVisible = sql<boolean>`${levelFor(viewer)} >= 1`
  const { count } = await db
    .selectFrom('hub_stars as g')
    .innerJoin('hub_repositories as r', 'r.id', 'g.repository_id')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('g.account_id', '=', accountId)
    .where(isVisible)
    .executeTakeFirstOrThrow()
  const rows = await selectRepositories(db, viewer)
    .innerJoin('hub_stars as g', 'g.repository_id', 'r.id')
    .where('g.account_id', '=', accountId)
    .where(isVisible)
    .orderBy('g.created_at', 'desc')
    .orderBy('r.name')
    .limit(limit)
    .offset(offset)
    .execute()
  return { count, entries: rows.map(toRecord) }
}
