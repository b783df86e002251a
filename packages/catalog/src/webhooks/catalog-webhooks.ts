import { randomUUID } from 'node:crypto'
import { CodedError } from '@berth/stdx'
import { createSecret, hashSecret } from '../accounts/secrets.ts'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { insertAudit } from '../events/audit-store.ts'
import { quote } from '../names.ts'
import { isUuid, parseLabel, parseLine, parseWebUrl } from '../parse-text.ts'
import { noSuch } from '../refusals.ts'
import { requireRepository } from '../repositories/require-repository.ts'
import type { RepositoryRecord } from '../repositories/repository-store.ts'
import type { Viewer } from '../viewer.ts'
import {
  callbackStates,
  type BuildRequest,
  type CallbackState,
  type Delivery,
  type DueDelivery,
  type Webhook,
  type Webhooks,
} from '../webhooks.ts'
import {
  deleteOldBuildRequests,
  findTriggered,
  insertBuildRequest,
  listBuildRequestRecords,
  openTriggerSecret,
} from './build-store.ts'
import {
  findWaitingDelivery,
  leaseDueDeliveries,
  listDeliveryRecords,
  setCallback,
  updateDelivery,
} from './delivery-store.ts'
import { outcomeOf } from './delivery-outcome.ts'
import { deleteWebhookRecord, insertWebhook, listWebhookRecords } from './webhook-store.ts'

const webhooksMax = 20
const nameLengthMax = 100
const refLengthMax = 255
const deliveriesMax = 100
const dueMax = 100
const buildRequestsMax = 100
/** Whoever took a delivery and does not settle it by then is taken for dead. */
const leaseMs = 2 * 60 * 1000

export class CatalogWebhooks implements Webhooks {
  readonly #database: CatalogDatabase
  readonly #checkHost: (host: string) => void

  constructor(database: CatalogDatabase, { checkHost }: { checkHost: (host: string) => void }) {
    this.#database = database
    this.#checkHost = checkHost
  }

  async listWebhooks(viewer: Viewer, repository: string): Promise<Webhook[]> {
    const { id } = await this.#require(viewer, repository)
    return listWebhookRecords(this.#database.db, id)
  }

  async createWebhook(
    viewer: Viewer,
    repository: string,
    form: { name: string; url: string },
  ): Promise<Webhook & { secret: string }> {
    const { id: repositoryId, namespaceId } = await this.#require(viewer, repository)
    const name = parseLabel(form.name, { what: 'name', lengthMax: nameLengthMax })
    const url = parseWebUrl(form.url, 'URL')
    this.#checkHost(new URL(url).hostname)
    const webhook = { id: randomUUID(), name, url, createdAt: this.#database.now(), secret: createSecret() }
    await this.#database.write(async (transaction) => {
      if ((await listWebhookRecords(transaction, repositoryId)).length >= webhooksMax)
        throw new CodedError('failed-precondition', `Cannot create a webhook: there are ${webhooksMax}`)
      await insertWebhook(transaction, { ...webhook, repositoryId })
      await insertAudit(this.#database, transaction, {
        namespaceId,
        action: 'repo.webhook.create',
        subject: repository,
        by: viewer,
        detail: { name },
      })
    })
    return webhook
  }

  async deleteWebhook(viewer: Viewer, repository: string, id: string): Promise<void> {
    const { id: repositoryId, namespaceId } = await this.#require(viewer, repository)
    if (!isUuid(id)) throw noSuch('webhook', id)
    await this.#database.write(async (transaction) => {
      const name = await deleteWebhookRecord(transaction, { id, repositoryId })
      if (name === undefined) throw noSuch('webhook', id)
      await insertAudit(this.#database, transaction, {
        namespaceId,
        action: 'repo.webhook.delete',
        subject: repository,
        by: viewer,
        detail: { name },
      })
    })
  }

  async listDeliveries(viewer: Viewer, repository: string, id: string): Promise<Delivery[]> {
    const { id: repositoryId } = await this.#require(viewer, repository)
    const deliveries = isUuid(id)
      ? await listDeliveryRecords(this.#database.db, { webhookId: id, repositoryId }, deliveriesMax)
      : undefined
    if (!deliveries) throw noSuch('webhook', id)
    return deliveries
  }

  takeDueDeliveries(limit: number): Promise<DueDelivery[]> {
    const options = { limit: Math.min(limit, dueMax), leasedUntil: this.#database.now() + leaseMs }
    return this.#database.write((transaction) => leaseDueDeliveries(this.#database, transaction, options))
  }

  async settleDelivery(id: string, outcome: { status: number } | { error: string }): Promise<void> {
    if (!isUuid(id)) throw noSuch('delivery', id)
    await this.#database.write(async (transaction) => {
      const delivery = await findWaitingDelivery(transaction, id)
      // Its webhook was deleted meanwhile, or another has settled it.
      if (!delivery) return
      await updateDelivery(transaction, id, outcomeOf({ ...delivery, now: this.#database.now() }, outcome))
    })
  }

  async noteCallback(deliveryId: string, state: CallbackState): Promise<boolean> {
    if (!callbackStates.includes(state))
      throw new CodedError('invalid-argument', `Cannot note the callback: there is no state ${quote(state)}`)
    if (!isUuid(deliveryId)) return false
    return this.#database.write((transaction) => setCallback(transaction, deliveryId, state))
  }

  async getBuildTrigger(viewer: Viewer, repository: string): Promise<{ secret: string }> {
    const { id: repositoryId, isAutomated } = await this.#require(viewer, repository)
    if (!isAutomated)
      throw new CodedError(
        'failed-precondition',
        'There is no build trigger: the repository names no source',
        {
          hint: 'Name the git repository that it is built from.',
        },
      )
    const fresh = createSecret()
    const trigger = { repositoryId, secret: fresh, hash: hashSecret(fresh) }
    return { secret: await this.#database.write((transaction) => openTriggerSecret(transaction, trigger)) }
  }

  async requestBuild(secret: string, source: { ref: string | undefined; address: string }): Promise<boolean> {
    const { address } = source
    const ref =
      source.ref === undefined ? undefined : parseLine(source.ref, { what: 'ref', lengthMax: refLengthMax })
    const repository = await findTriggered(this.#database.db, hashSecret(secret))
    if (!repository) return false
    const { id: repositoryId, namespaceId, name } = repository
    await this.#database.write(async (transaction) => {
      const requestedAt = this.#database.now()
      await insertBuildRequest(transaction, { id: randomUUID(), repositoryId, ref, address, requestedAt })
      await deleteOldBuildRequests(transaction, repositoryId, buildRequestsMax)
      await insertAudit(this.#database, transaction, {
        namespaceId,
        action: 'repo.build.request',
        subject: name,
        by: { account: undefined, address },
        detail: { ref: ref ?? '' },
      })
    })
    return true
  }

  async listBuildRequests(viewer: Viewer, repository: string): Promise<BuildRequest[]> {
    const { id } = await this.#require(viewer, repository)
    return listBuildRequestRecords(this.#database.db, id, buildRequestsMax)
  }

  #require(viewer: Viewer, name: string): Promise<RepositoryRecord> {
    const need = { name, permission: 'admin', action: 'manage webhooks and builds' } as const
    return requireRepository(this.#database.db, viewer, need)
  }
}
