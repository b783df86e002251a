import { sql } from 'kysely'
import type { CatalogDatabase, CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { CallbackState, Delivery, DueDelivery } from '../webhooks.ts'

export async function insertDeliveries(
  db: CatalogWriter,
  deliveries: readonly { id: string; webhookId: string; body: string; createdAt: number }[],
): Promise<void> {
  if (deliveries.length === 0) return
  await db
    .insertInto('hub_deliveries')
    .values(
      deliveries.map(({ id, webhookId, body, createdAt }) => ({
        id,
        webhook_id: webhookId,
        body,
        created_at: createdAt,
        due_at: createdAt,
        attempts: 0,
        state: 'waiting' as const,
      })),
    )
    .execute()
}

/** The last ones of a webhook of the repository; undefined when it has no such webhook. */
export async function listDeliveryRecords(
  db: CatalogReader,
  { webhookId, repositoryId }: { webhookId: string; repositoryId: number },
  limit: number,
): Promise<Delivery[] | undefined> {
  const webhook = await db
    .selectFrom('hub_webhooks')
    .select('id')
    .where('id', '=', webhookId)
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst()
  if (!webhook) return undefined
  const rows = await db
    .selectFrom('hub_deliveries')
    .select(['id', 'created_at', 'attempts', 'state', 'last_status', 'last_error', 'callback'])
    .where('webhook_id', '=', webhookId)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ created_at, last_status, last_error, ...row }) => ({
    ...row,
    createdAt: created_at,
    lastStatus: last_status ?? undefined,
    lastError: last_error ?? undefined,
    callback: row.callback ?? undefined,
  }))
}

/** Gives each that is due to one caller, who has until `leasedUntil` to settle it. */
export async function leaseDueDeliveries(
  { kind, now }: CatalogDatabase,
  db: CatalogWriter,
  { limit, leasedUntil }: { limit: number; leasedUntil: number },
): Promise<DueDelivery[]> {
  const due = db
    .selectFrom('hub_deliveries')
    .select('id')
    .where('state', '=', 'waiting')
    .where('due_at', '<=', now())
    .orderBy('due_at')
    .limit(limit)
  const ids = await (kind === 'postgres' ? due.forUpdate().skipLocked() : due).execute()
  if (ids.length === 0) return []
  const leased = ids.map(({ id }) => id)
  await db
    .updateTable('hub_deliveries')
    .set((row) => ({ due_at: leasedUntil, attempts: row('attempts', '+', 1) }))
    .where('id', 'in', leased)
    .execute()
  const rows = await db
    .selectFrom('hub_deliveries as d')
    .innerJoin('hub_webhooks as w', 'w.id', 'd.webhook_id')
    .select(['d.id', 'w.url', 'd.body', 'w.secret', 'd.attempts as attempt'])
    .where('d.id', 'in', leased)
    .orderBy('d.created_at')
    .execute()
  return rows.map((row) => ({ ...row }))
}

export interface DeliveryOutcome {
  state: Delivery['state']
  dueAt: number
  status: number | undefined
  error: string | undefined
}

export async function findWaitingDelivery(
  db: CatalogReader,
  id: string,
): Promise<{ createdAt: number; attempts: number } | undefined> {
  return db
    .selectFrom('hub_deliveries')
    .select(['created_at as createdAt', 'attempts'])
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
}

export async function updateDelivery(db: CatalogWriter, id: string, outcome: DeliveryOutcome): Promise<void> {
  await db
    .updateTable('hub_deliveries')
    .set({
      state: outcome.state,
      due_at: outcome.dueAt,
      last_status: outcome.status ?? null,
      last_error: outcome.error ?? null,
    })
    .where('id', '=', id)
    .execute()
}

/** False when there is no such delivery. */
export async function setCallback(db: CatalogWriter, id: string, callback: CallbackState): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('hub_deliveries')
    .set({ callback })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0
}

/** Keeps the newest so many of every webhook, and none that is older. */
export async function deleteOldDeliveries(
  db: CatalogWriter,
  { before, keepMax }: { before: number; keepMax: number },
): Promise<void> {
  await db.deleteFrom('hub_deliveries').where('created_at', '<', before).execute()
  await sql`DELETE FROM hub_deliveries WHERE state <> 'waiting' AND id IN (
    SELECT id FROM (
      SELECT id, row_number() OVER (PARTITION BY webhook_id ORDER BY created_at DESC) AS place FROM hub_deliveries
    ) AS numbered WHERE place > ${keepMax})`.execute(db)
}
