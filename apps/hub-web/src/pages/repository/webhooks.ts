import type { Delivery, Webhook } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import { page, redirect, type PageReply, type PageRequest, type Reply } from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { Copyable } from '../../ui/copyable.ts'
import { TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { Moment } from '../../ui/quantities.ts'
import { Rows } from '../../ui/rows.ts'
import { required } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { RepositoryFrame } from './repository-frame.ts'

export const showWebhooks = (request: PageRequest): Promise<PageReply> => draw(request, {})

export function createWebhook(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, params, form } = request
  return submitted(form, {
    // Shown at once instead of after a redirect: the secret is told here and nowhere else.
    act: async () => {
      const { name: repository = '' } = params
      const created = await catalog.webhooks.createWebhook(viewer, repository, {
        name: required(form, 'name'),
        url: required(form, 'url'),
      })
      return draw(request, { created })
    },
    again: (refused) => draw(request, { refused }),
  })
}

export async function deleteWebhook({ catalog, viewer, params }: PageRequest): Promise<Reply> {
  const { name = '', id = '' } = params
  await catalog.webhooks.deleteWebhook(viewer, name, id)
  return redirect(paths.repositoryPart(name, 'webhooks'), 'webhook-deleted')
}

interface Drawn {
  refused?: Refused
  created?: Webhook & { secret: string }
}

async function draw(request: PageRequest, { refused, created }: Drawn): Promise<PageReply> {
  const { catalog, viewer, params } = request
  const repository = await catalog.repositories.getRepository(viewer, params['name'] ?? '')
  const { name } = repository
  const webhooks = await catalog.webhooks.listWebhooks(viewer, name)
  return page(
    `Webhooks of ${name}`,
    RepositoryFrame({
      request,
      repository,
      part: 'webhooks',
      children: html`<div class="narrow-page">
        <h2>Told of every push</h2>
        <p class="muted">
          Each address gets what was pushed as JSON, signed in the header X-Hub-Signature-256. What fails is
          tried again.
        </p>
        ${created && Created(created)}
        ${Rows({
          rows: webhooks.map((webhook) => WebhookRow(request, { name, webhook })),
          empty: 'No webhooks yet.',
        })}
        ${AddWebhook(request, { name, refused })}
      </div>`,
    }),
  )
}

function Created({ name, secret }: Webhook & { secret: string }) {
  return html`<section class="panel secret" role="status">
    <h3>The signing secret of ${name}</h3>
    <p>Keep it now: it is not shown again.</p>
    ${Copyable({ id: 'webhook-secret', label: 'the signing secret', text: secret })}
  </section>`
}

function WebhookRow(request: PageRequest, { name, webhook }: { name: string; webhook: Webhook }) {
  return html`<li class="row" key=${webhook.id}>
    <div>
      <a class="strong" href=${paths.webhook(name, webhook.id)}>${webhook.name}</a>
      <p class="muted break">${webhook.url}</p>
    </div>
    <span class="muted">Made ${Moment({ at: webhook.createdAt })}</span>
    ${Form({
      request,
      action: paths.deleteWebhook(name, webhook.id),
      children: html`<button class="button quiet small" aria-label=${`Delete ${webhook.name}`}>
        Delete
      </button>`,
    })}
  </li>`
}

function AddWebhook(request: PageRequest, { name, refused }: { name: string; refused: Refused | undefined }) {
  return html`<section class="panel">
    <h3>Add a webhook</h3>
    ${RefusedNotice(refused)}
    ${Form({
      request,
      action: paths.repositoryPart(name, 'webhooks'),
      class: 'stack',
      children: html`${TextField({
          name: 'name',
          label: 'Name',
          value: refused?.form.get('name') ?? '',
          isRequired: true,
          maxlength: 100,
        })}
        ${TextField({
          name: 'url',
          label: 'Address',
          type: 'url',
          value: refused?.form.get('url') ?? '',
          isRequired: true,
          hint: 'A public one, beginning with https:// or http://',
        })}
        <p class="actions"><button class="button">Add</button></p>`,
    })}
  </section>`
}

export async function showDeliveries(request: PageRequest): Promise<PageReply> {
  const { catalog, viewer, params } = request
  const repository = await catalog.repositories.getRepository(viewer, params['name'] ?? '')
  const { name } = repository
  const id = params['id'] ?? ''
  const webhook = (await catalog.webhooks.listWebhooks(viewer, name)).find((found) => found.id === id)
  if (!webhook) throw new CodedError('not-found', 'There is no such webhook.')
  const deliveries = await catalog.webhooks.listDeliveries(viewer, name, id)
  return page(
    `${webhook.name} of ${name}`,
    RepositoryFrame({
      request,
      repository,
      part: 'webhooks',
      children: html`<div class="narrow-page">
        <h2>${webhook.name}</h2>
        <p class="muted break">${webhook.url}</p>
        ${Rows({ rows: deliveries.map(DeliveryRow), empty: 'Nothing has been sent yet.' })}
      </div>`,
    }),
  )
}

const stateWords = { waiting: 'Waiting', delivered: 'Arrived', failed: 'Given up' }

function DeliveryRow({ id, createdAt, state, attempts, lastStatus, lastError }: Delivery) {
  return html`<li class="row" key=${id}>
    <span class="strong">${stateWords[state]}</span>
    <span>${attempts === 1 ? 'tried once' : `tried ${attempts} times`}</span>
    <span class="break muted"
      >${lastError ?? (lastStatus === undefined ? '' : `answered ${lastStatus}`)}</span
    >
    ${Moment({ at: createdAt })}
  </li>`
}
