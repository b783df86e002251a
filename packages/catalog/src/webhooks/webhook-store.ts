import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { Webhook } from '../webhooks.ts'

export async function listWebhookRecords(db: CatalogReader, repositoryId: number): Promise<Webhook[]> {
  const rows = await db
    .selectFrom('hub_webhooks')
    .select(['id', 'name', 'url', 'created_at as createdAt'])
    .where('repository_id', '=', repositoryId)
    .orderBy('name')
    .execute()
  return rows.map((row) => ({ ...row }))
}

export async function insertWebhook(
  db: CatalogWriter,
  webhook: Webhook & { repositoryId: number; secret: string },
): Promise<void> {
  await db
    .insertInto('hub_webhooks')
    .values({
      id: webhook.id,
      repository_id: webhook.repositoryId,
      name: webhook.name,
      url: webhook.url,
      secret: webhook.secret,
      created_at: webhook.createdAt,
    })
    .execute()
}

/** Its name; undefined when it is not the repository's. */
export async function deleteWebhookRecord(
  db: CatalogWriter,
  { id, repositoryId }: { id: string; repositoryId: number },
): Promise<string | undefined> {
  const row = await db
    .deleteFrom('hub_webhooks')
    .where('id', '=', id)
    .where('repository_id', '=', repositoryId)
    .returning('name')
    .executeTakeFirst()
  return row?.name
}
