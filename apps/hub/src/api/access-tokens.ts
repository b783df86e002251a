import { tokenScopes, type AccessToken, type TokenScope } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import * as v from 'valibot'
import { requireAccount } from './accounts.ts'
import { created, done, ok, route, type ApiCall } from './api-call.ts'
import { isoTime, optionalText, optionalTime, text } from './fields.ts'
import { pageOf, replyPage } from './list-page.ts'

const newToken = v.object({
  token_label: text,
  scopes: v.pipe(v.array(v.picklist(tokenScopes)), v.minLength(1), v.maxLength(tokenScopes.length)),
  expires_at: v.optional(v.nullable(v.pipe(v.string(), v.isoTimestamp()))),
})
const tokenChange = v.object({ token_label: optionalText, is_active: v.optional(v.boolean()) })

export const accessTokenRoutes = [
  route('POST', '/v2/access-tokens', async (call) => {
    const form = await call.body(newToken)
    const token = await call.catalog.tokens.createToken(call.viewer, {
      label: form.token_label,
      scope: widest(form.scopes),
      ...(typeof form.expires_at === 'string' && { expiresAt: Date.parse(form.expires_at) }),
    })
    return created({ ...formatToken(token), token: token.secret })
  }),
  route('GET', '/v2/access-tokens', async (call) => {
    const all = await listOwn(call)
    const page = replyPage(call, pageOf(call.url.searchParams, all), formatToken)
    const active = all.filter(({ isActive }) => isActive).length
    return { ...page, body: { active_count: active, ...(page.body as object) } }
  }),
  route('GET', '/v2/access-tokens/:id', async (call) => {
    const token = (await listOwn(call)).find(({ id }) => id === call.params['id'])
    if (!token) throw new CodedError('not-found', 'Cannot find access token: there is none of that id')
    return ok(formatToken(token))
  }),
  route('PATCH', '/v2/access-tokens/:id', async (call) => {
    const { token_label: label, is_active: isActive } = await call.body(tokenChange)
    const change = { ...(label !== undefined && { label }), ...(isActive !== undefined && { isActive }) }
    return ok(
      formatToken(await call.catalog.tokens.updateToken(call.viewer, call.params['id'] ?? '', change)),
    )
  }),
  route('DELETE', '/v2/access-tokens/:id', async ({ catalog, viewer, params }) => {
    await catalog.tokens.deleteToken(viewer, params['id'] ?? '')
    return done
  }),
]

async function listOwn({ catalog, viewer }: ApiCall): Promise<AccessToken[]> {
  requireAccount(viewer)
  return await catalog.tokens.listTokens(viewer)
}

/** Each scope has all that comes before it. */
function widest(scopes: readonly TokenScope[]): TokenScope {
  return tokenScopes.findLast((scope) => scopes.includes(scope)) ?? tokenScopes[0]
}

function formatToken({ id, label, scope, isActive, createdAt, lastUsedAt, expiresAt }: AccessToken) {
  return {
    uuid: id,
    token_label: label,
    scopes: [scope],
    is_active: isActive,
    created_at: isoTime(createdAt),
    last_used: optionalTime(lastUsedAt),
    expires_at: optionalTime(expiresAt),
  }
}
