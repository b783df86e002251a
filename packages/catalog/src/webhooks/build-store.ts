import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { BuildRequest } from '../webhooks.ts'

async function findTriggerSecret(db: CatalogReader, repositoryId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('hub_build_triggers')
    .select('secret')
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst()
  return row?.secret
}

/** The secret that is there from now on: another's when somebody came first. */
export async function openTriggerSecret(
  db: CatalogWriter,
  trigger: { repositoryId: number; secret: string; hash: string },
): Promise<string> {
  await db
    .insertInto('hub_build_triggers')
    .values({ repository_id: trigger.repositoryId, secret: trigger.secret, hash: trigger.hash })
    .onConflict((conflict) => conflict.column('repository_id').doNothing())
    .execute()
  return (await findTriggerSecret(db, trigger.repositoryId)) ?? trigger.secret
}

export interface TriggeredRepository {
  id: number
  namespaceId: number
  name: string
}

/** The repository of a trigger, if it still has a source. */
export async function findTriggered(
  db: CatalogReader,
  hash: string,
): Promise<TriggeredRepository | undefined> {
  return db
    .selectFrom('hub_build_triggers as t')
    .innerJoin('hub_repositories as r', 'r.id', 't.repository_id')
    .select(['r.id', 'r.namespace_id as namespaceId', 'r.name'])
    .where('t.hash', '=', hash)
    .where('r.source', 'is not', null)
    .executeTakeFirst()
}

export async function insertBuildRequest(
  db: CatalogWriter,
  request: BuildRequest & { repositoryId: number; address: string },
): Promise<void> {
  await db
    .insertInto('hub_build_requests')
    .values({
      id: request.id,
      repository_id: request.repositoryId,
      ref: request.ref ?? null,
      address: request.address,
      requested_at: request.requestedAt,
    })
    .execute()
}

export async function listBuildRequestRecords(
  db: CatalogReader,
  repositoryId: number,
  limit: number,
): Promise<BuildRequest[]> {
  const rows = await db
    .selectFrom('hub_build_requests')
    .select(['id', 'ref', 'requested_at'])
    .where('repository_id', '=', repositoryId)
    .orderBy('requested_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ id, ref, requested_at }) => ({ id, ref: ref ?? undefined, requestedAt: requested_at }))
}

/** All but the newest so many. */
export async function deleteOldBuildRequests(
  db: CatalogWriter,
  repositoryId: number,
  keepMax: number,
): Promise<void> {
  const kept = db
    .selectFrom('hub_build_requests')
    .select('id')
    .where('repository_id', '=', repositoryId)
    .orderBy('requested_at', 'desc')
    .limit(keepMax)
  await db
    .deleteFrom('hub_build_requests')
    .where('repository_id', '=', repositoryId)
    .where('id', 'not in', kept)
    .execute()
}
