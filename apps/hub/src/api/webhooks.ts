import { callbackStates, type BuildRequest, type Delivery, type Webhook } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import * as v from 'valibot'
import { created, done, ok, repositoryOf, route } from './api-call.ts'
import { isoTime, text } from './fields.ts'
import { pageOf, replyPage } from './list-page.ts'

const base = '/v2/repositories/:namespace/:name'
const newWebhook = v.object({ name: text, webhook_url: v.pipe(v.string(), v.maxLength(2000)) })
/** Of what git hosts send only this is wanted; some send forms, or nothing. */
const sourceChange = v.object({ ref: v.optional(v.pipe(v.string(), v.maxLength(500))) })

/** docs.docker.com, "Webhooks": what receivers tell of a delivery; its words for people are not kept. */
const callbackForm = v.object({ state: v.picklist(callbackStates) })

/** Where a repository's events go, and the address that a git host calls when its source has changed. */
export const webhookRoutes = [
  route('GET', `${base}/webhooks`, async (call) => {
    const all = await call.catalog.webhooks.listWebhooks(call.viewer, repositoryOf(call))
    return replyPage(call, pageOf(call.url.searchParams, all), formatWebhook)
  }),
  route('POST', `${base}/webhooks`, async (call) => {
    const { name, webhook_url: url } = await call.body(newWebhook)
    const form = { name, url }
    const webhook = await call.catalog.webhooks.createWebhook(call.viewer, repositoryOf(call), form)
    return created({ ...formatWebhook(webhook), secret: webhook.secret })
  }),
  route('DELETE', `${base}/webhooks/:id`, async (call) => {
    await call.catalog.webhooks.deleteWebhook(call.viewer, repositoryOf(call), call.params['id'] ?? '')
    return done
  }),
  route('GET', `${base}/webhooks/:id/deliveries`, async (call) => {
    const { catalog, viewer, params, url } = call
    const all = await catalog.webhooks.listDeliveries(viewer, repositoryOf(call), params['id'] ?? '')
    return replyPage(call, pageOf(url.searchParams, all), formatDelivery)
  }),
  // Who has the address was told of the push: a delivery's id is random.
  route('POST', '/api/webhooks/callback/:id', async (call) => {
    const { state } = await call.body(callbackForm)
    if (await call.catalog.webhooks.noteCallback(call.params['id'] ?? '', state)) return done
    throw new CodedError('not-found', 'Cannot note the callback: there is no such delivery')
  }),
  route('GET', `${base}/build-trigger`, async (call) => {
    const { secret } = await call.catalog.webhooks.getBuildTrigger(call.viewer, repositoryOf(call))
    return ok({ trigger_url: new URL(`/api/build/${secret}`, call.url).href })
  }),
  route('GET', `${base}/build-requests`, async (call) => {
    const all = await call.catalog.webhooks.listBuildRequests(call.viewer, repositoryOf(call))
    return replyPage(call, pageOf(call.url.searchParams, all), formatBuildRequest)
  }),
  route('POST', '/api/build/:secret', async (call) => {
    const isJson = call.request.headers['content-type']?.startsWith('application/json') === true
    const { ref } = isJson ? await call.body(sourceChange) : { ref: undefined }
    const { address } = call.viewer
    if (await call.catalog.webhooks.requestBuild(call.params['secret'] ?? '', { ref, address }))
      return { status: 202 }
    throw new CodedError('not-found', 'Cannot request build: there is no such trigger')
  }),
]

function formatWebhook({ id, name, url, createdAt }: Webhook) {
  return { id, name, webhook_url: url, created: isoTime(createdAt) }
}

function formatDelivery({ id, createdAt, attempts, state, lastStatus, lastError, callback }: Delivery) {
  return {
    id,
    created: isoTime(createdAt),
    attempts,
    state,
    last_status: lastStatus ?? null,
    last_error: lastError ?? null,
    callback: callback ?? null,
  }
}

function formatBuildRequest({ id, ref, requestedAt }: BuildRequest) {
  return { id, ref: ref ?? null, requested: isoTime(requestedAt) }
}
