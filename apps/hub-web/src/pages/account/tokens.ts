import { tokenScopes, type AccessToken, type TokenScope } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import {
  accountOf,
  page,
  redirect,
  type PageReply,
  type PageRequest,
  type Reply,
} from '../../http/page-request.ts'
import { paths } from '../../paths.ts'
import { html } from '../../rendering/html.ts'
import { Copyable } from '../../ui/copyable.ts'
import { SelectField, TextField } from '../../ui/field.ts'
import { Form } from '../../ui/form.ts'
import { Moment } from '../../ui/quantities.ts'
import { Rows } from '../../ui/rows.ts'
import { required } from '../form-values.ts'
import { RefusedNotice, submitted, type Refused } from '../submitted.ts'
import { SettingsFrame } from './settings-frame.ts'

const scopeWords: Record<TokenScope, string> = {
  'repo:public_read': 'Pull public images',
  'repo:read': 'Pull',
  'repo:write': 'Pull and push',
  'repo:admin': 'Everything',
}

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '', label: 'Until it is deleted' },
]
const dayMs = 86_400_000

export const showTokens = (request: PageRequest): Promise<PageReply> => draw(request, {})

export function createToken(request: PageRequest): Promise<Reply> {
  const { catalog, viewer, form } = request
  return submitted(form, {
    // Shown at once instead of after a redirect: the secret is told here and nowhere else.
    act: async () => {
      const created = await catalog.tokens.createToken(viewer, {
        label: required(form, 'label'),
        scope: parseScope(form.get('scope')),
        expiresAt: parseLifetime(form.get('lifetime')),
      })
      return draw(request, { created })
    },
    again: (refused) => draw(request, { refused }),
  })
}

export async function updateToken({ catalog, viewer, params, form }: PageRequest): Promise<Reply> {
  await catalog.tokens.updateToken(viewer, params['id'] ?? '', { isActive: form.get('active') === '1' })
  return redirect(paths.settings('tokens'), 'token-saved')
}

export async function deleteToken({ catalog, viewer, params }: PageRequest): Promise<Reply> {
  await catalog.tokens.deleteToken(viewer, params['id'] ?? '')
  return redirect(paths.settings('tokens'), 'token-deleted')
}

function parseScope(text: string | null): TokenScope {
  const scope = tokenScopes.find((known) => known === text)
  if (!scope) throw new CodedError('invalid-argument', 'Please choose what the token may do.')
  return scope
}

function parseLifetime(text: string | null): number | undefined {
  const known = lifetimes.find(({ value }) => value === text)
  if (!known) throw new CodedError('invalid-argument', 'Please choose how long the token is good.')
  return known.value === '' ? undefined : Date.now() + Number(known.value) * dayMs
}

interface Drawn {
  refused?: Refused
  created?: AccessToken & { secret: string }
}

async function draw(request: PageRequest, { refused, created }: Drawn): Promise<PageReply> {
  const { catalog, viewer } = request
  const tokens = await catalog.tokens.listTokens(viewer)
  return page(
    'Access tokens',
    SettingsFrame({
      part: 'tokens',
      children: html`<h2>Access tokens</h2>
        <p class="muted">For programs, in place of your password. Each can be taken away by itself.</p>
        ${created && Created(request, created)}
        ${Rows({ rows: tokens.map((token) => TokenRow(request, token)), empty: 'No access tokens yet.' })}
        ${NewToken(request, refused)}`,
    }),
  )
}

function Created(request: PageRequest, { label, secret }: AccessToken & { secret: string }) {
  const { registryHost } = request
  return html`<section class="panel secret" role="status">
    <h3>Your token “${label}”</h3>
    <p>Copy it now: it is not shown again.</p>
    ${Copyable({ id: 'token-secret', label: 'the access token', text: secret })}
    <p class="muted">
      Sign in with <code>docker login ${registryHost} -u ${accountOf(request).name}</code> and give it as the
      password.
    </p>
  </section>`
}

function TokenRow(request: PageRequest, token: AccessToken) {
  const { id, label, scope, isActive, createdAt, lastUsedAt, expiresAt } = token
  return html`<li class="row" key=${id}>
    <div>
      <span class="strong">${label}</span> ${TokenMark(token)}
      <p class="facts">
        <span>${scopeWords[scope]}</span>
        <span>Made ${Moment({ at: createdAt })}</span>
        <span
          >${lastUsedAt === undefined ? 'Never used' : html`Last used ${Moment({ at: lastUsedAt })}`}</span
        >
        ${expiresAt !== undefined && html`<span>Ends ${Moment({ at: expiresAt })}</span>`}
      </p>
    </div>
    <div class="row-actions">
      ${Form({
        request,
        action: paths.token(id, 'update'),
        children: html`<input type="hidden" name="active" value=${isActive ? '0' : '1'} />
          <button class="button quiet small" aria-label=${`${isActive ? 'Pause' : 'Resume'} ${label}`}>
            ${isActive ? 'Pause' : 'Resume'}
          </button>`,
      })}
      ${Form({
        request,
        action: paths.token(id, 'delete'),
        children: html`<button class="button quiet small" aria-label=${`Delete ${label}`}>Delete</button>`,
      })}
    </div>
  </li>`
}

function TokenMark({ isActive, expiresAt }: AccessToken) {
  if (expiresAt !== undefined && expiresAt <= Date.now()) return html`<span class="mark">Over</span>`
  return isActive ? null : html`<span class="mark">Paused</span>`
}

function NewToken(request: PageRequest, refused: Refused | undefined) {
  return html`<section class="panel">
    <h3>Make a token</h3>
    ${RefusedNotice(refused)}
    ${Form({
      request,
      action: paths.settings('tokens'),
      class: 'stack',
      children: html`${TextField({
          name: 'label',
          label: 'What it is for',
          value: refused?.form.get('label') ?? '',
          isRequired: true,
          maxlength: 100,
        })}
        <div class="pair">
          ${SelectField({
            name: 'scope',
            label: 'It may',
            value: refused?.form.get('scope') ?? 'repo:read',
            choices: tokenScopes.map((scope) => ({ value: scope, label: scopeWords[scope] })),
          })}
          ${SelectField({
            name: 'lifetime',
            label: 'For',
            value: refused?.form.get('lifetime') ?? '90',
            choices: lifetimes,
          })}
        </div>
        <p class="actions"><button class="button">Make token</button></p>`,
    })}
  </section>`
}
