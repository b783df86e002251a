import { randomUUID } from 'node:crypto'
import type { CatalogDatabase, CatalogWriter } from '../database/catalog-database.ts'
import { namespaceOf, shortNameOf } from '../names.ts'
import type { RepositoryRecord } from '../repositories/repository-store.ts'
import { insertDeliveries } from './delivery-store.ts'
import { listWebhookRecords } from './webhook-store.ts'

export interface TagPush {
  tag: string
  pusher: string | undefined
  pushedAt: number
}

/** One for every webhook of the repository, in the transaction of the push. */
export async function createDeliveries(
  { database, publicUrl }: { database: CatalogDatabase; publicUrl: string },
  transaction: CatalogWriter,
  { repository, push }: { repository: RepositoryRecord; push: TagPush },
): Promise<void> {
  const webhooks = await listWebhookRecords(transaction, repository.id)
  const createdAt = database.now()
  const deliveries = webhooks.map((webhook) => {
    const id = randomUUID()
    return { id, webhookId: webhook.id, createdAt, body: formatPayload({ id, repository, push, publicUrl }) }
  })
  await insertDeliveries(transaction, deliveries)
}

/** docs.docker.com, "Webhooks": the same fields, so that receivers of Docker Hub's work. Times are in seconds. */
function formatPayload({
  id,
  repository,
  push,
  publicUrl,
}: {
  id: string
  repository: RepositoryRecord
  push: TagPush
  publicUrl: string
}): string {
  const { name } = repository
  return JSON.stringify({
    callback_url: `${publicUrl}/api/webhooks/callback/${id}`,
    push_data: {
      pushed_at: seconds(push.pushedAt),
      pusher: push.pusher ?? '',
      tag: push.tag,
      images: [],
    },
    repository: {
      comment_count: 0,
      date_created: seconds(repository.createdAt),
      description: repository.description,
      dockerfile: '',
      full_description: repository.fullDescription,
      is_official: repository.isOfficial,
      is_private: repository.isPrivate,
      is_trusted: repository.isAutomated,
      name: shortNameOf(name),
      namespace: namespaceOf(name),
      owner: namespaceOf(name),
      repo_name: name,
      repo_url: `${publicUrl}/r/${name}`,
      star_count: repository.starCount,
      status: 'Active',
    },
  })
}

const seconds = (ms: number): number => Math.floor(ms / 1000)
