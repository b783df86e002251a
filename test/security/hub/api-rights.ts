/** Who asks. The last four are access tokens of the owner. */
export const roles = [
  'anyone',
  'stranger',
  'reader',
  'writer',
  'manager',
  'owner',
  'administrator',
  'repo:public_read',
  'repo:read',
  'repo:write',
  'repo:admin',
] as const
export type Role = (typeof roles)[number]

const all = 'pull,push,delete'

function actions(...each: readonly string[]): Readonly<Record<Role, string>> {
  return Object.fromEntries(roles.map((role, index) => [role, each[index]])) as Record<Role, string>
}

/**
 * What becomes of a question. `hidden` is told as if the repository were not there, `asked` is told to sign in, `refused`
 * is known and may not.
 */
export type Outcome = 'done' | 'hidden' | 'asked' | 'refused'

export type Rule = Readonly<Record<'public' | 'private', Readonly<Record<Role, Outcome>>>>

/** Outcomes of one visibility in the order of `roles`. */
function each(...outcomes: readonly Outcome[]): Readonly<Record<Role, Outcome>> {
  return Object.fromEntries(roles.map((role, index) => [role, outcomes[index]])) as Record<Role, Outcome>
}

const [d, h, a, r] = ['done', 'hidden', 'asked', 'refused'] as const

/** What a route may ask of who calls it, spelt out for everybody. */
export const rules = {
  //                  anyone stranger reader writer manager owner admin. public read write admin
  open: {
    public: each(d, d, d, d, d, d, d, d, d, d, d),
    private: each(d, d, d, d, d, d, d, d, d, d, d),
  },
  account: {
    public: each(a, d, d, d, d, d, d, d, d, d, d),
    private: each(a, d, d, d, d, d, d, d, d, d, d),
  },
  person: {
    public: each(a, d, d, d, d, d, d, r, r, r, r),
    private: each(a, d, d, d, d, d, d, r, r, r, r),
  },
  see: {
    public: each(d, d, d, d, d, d, d, d, d, d, d),
    private: each(h, h, d, d, d, d, d, h, d, d, d),
  },
  star: {
    public: each(a, d, d, d, d, d, d, r, r, d, d),
    private: each(h, h, d, d, d, d, d, h, r, d, d),
  },
  write: {
    public: each(a, r, r, d, d, d, d, r, r, d, d),
    private: each(h, h, r, d, d, d, d, h, r, d, d),
  },
  admin: {
    public: each(a, r, r, r, d, d, d, r, r, r, d),
    private: each(h, h, r, r, d, d, d, h, r, r, d),
  },
  /** New repositories in the owner's namespace. */
  namespace: {
    public: each(a, r, r, r, r, d, d, r, r, d, d),
    private: each(a, r, r, r, r, d, d, r, r, d, d),
  },
  /** The owner's own things, which programs with a token do not see. */
  own: {
    public: each(a, r, r, r, r, d, d, r, r, r, r),
    private: each(a, r, r, r, r, d, d, r, r, r, r),
  },
  /** Of the owner's plan, which is no business of administrators either. */
  plan: {
    public: each(a, h, h, h, h, d, h, d, d, d, d),
    private: each(a, h, h, h, h, d, h, d, d, d, d),
  },
  /** Of an organization of which the writer and the manager are members. */
  member: {
    public: each(a, r, r, d, d, d, d, d, d, d, d),
    private: each(a, r, r, d, d, d, d, d, d, d, d),
  },
  organization: {
    public: each(a, r, r, r, r, d, d, r, r, r, r),
    private: each(a, r, r, r, r, d, d, r, r, r, r),
  },
} as const satisfies Record<string, Rule>

export type RuleName = keyof typeof rules

/** One route of the API: what it asks, and a body that it takes. */
export interface Row {
  rule: RuleName
  body?: unknown
}

const repository = (base: string): Record<string, Row> => ({
  [`GET ${base}`]: { rule: 'see' },
  [`PATCH ${base}`]: { rule: 'write', body: { description: 'changed' } },
  [`POST ${base}/stars`]: { rule: 'star' },
  [`DELETE ${base}/stars`]: { rule: 'star' },
  [`PATCH ${base}/immutabletags`]: { rule: 'see', body: {} },
  [`GET ${base}/tags`]: { rule: 'see' },
  [`GET ${base}/tags/:tag`]: { rule: 'see' },
  [`GET ${base}/tags/:tag/images`]: { rule: 'see' },
  [`DELETE ${base}/tags/:tag`]: { rule: 'admin' },
  [`GET ${base}/images/:digest`]: { rule: 'see' },
  [`GET ${base}/images/:digest/referrers`]: { rule: 'see' },
  [`POST ${base}/privacy`]: { rule: 'admin', body: { is_private: 'as it is' } },
  [`DELETE ${base}`]: { rule: 'admin' },
})

const namespace = (base: string): Record<string, Row> => ({
  [`GET ${base}`]: { rule: 'open' },
  [`POST ${base}`]: { rule: 'namespace', body: { name: 'app' } },
})

const legacy = '/v2/repositories/:namespace/:name'

/** The whole API. A route without a row is one that nobody has thought about. */
export const rows: Readonly<Record<string, Row>> = {
  'GET /v1/_ping': { rule: 'open' },
  'GET /v1/search': { rule: 'open' },
  'GET /v2/search/repositories': { rule: 'open' },
  'POST /v2/auth/token': { rule: 'open', body: { identifier: 'olive', secret: 'right' } },
  'POST /v2/users/login': { rule: 'open', body: { username: 'olive', password: 'right' } },
  'POST /v2/users': { rule: 'open', body: { username: 'olive', email: 'a@example.com', password: 'x' } },
  'GET /v2/user': { rule: 'account' },
  'GET /v2/users/:account': { rule: 'open' },
  'GET /v2/users/:account/starred': { rule: 'open' },
  'POST /v2/access-tokens': { rule: 'person', body: { token_label: 'a', scopes: ['repo:read'] } },
  'GET /v2/access-tokens': { rule: 'person' },
  'GET /v2/access-tokens/:id': { rule: 'person' },
  'PATCH /v2/access-tokens/:id': { rule: 'person', body: { token_label: 'b' } },
  'DELETE /v2/access-tokens/:id': { rule: 'person' },
  [`GET ${legacy}/collaborators`]: { rule: 'admin' },
  [`POST ${legacy}/collaborators`]: { rule: 'admin', body: { user: 'extra', permission: 'read' } },
  [`DELETE ${legacy}/collaborators/:account`]: { rule: 'admin' },
  [`GET ${legacy}/groups`]: { rule: 'admin' },
  [`POST ${legacy}/groups`]: { rule: 'admin', body: { group_name: 'devs', permission: 'read' } },
  [`DELETE ${legacy}/groups/:group`]: { rule: 'admin' },
  [`GET ${legacy}/webhooks`]: { rule: 'admin' },
  [`POST ${legacy}/webhooks`]: {
    rule: 'admin',
    body: { name: 'a', webhook_url: 'https://example.com/' },
  },
  [`DELETE ${legacy}/webhooks/:id`]: { rule: 'admin' },
  [`GET ${legacy}/webhooks/:id/deliveries`]: { rule: 'admin' },
  [`GET ${legacy}/build-trigger`]: { rule: 'admin' },
  [`GET ${legacy}/build-requests`]: { rule: 'admin' },
  'POST /api/webhooks/callback/:id': { rule: 'open', body: { state: 'success' } },
  'POST /api/build/:secret': { rule: 'open' },
  ...repository('/v2/namespaces/:namespace/repositories/:name'),
  ...repository(legacy),
  ...namespace('/v2/namespaces/:namespace/repositories'),
  ...namespace('/v2/repositories/:namespace'),
  'GET /v2/user/orgs': { rule: 'account' },
  'POST /v2/orgs': { rule: 'person', body: { orgname: 'crew' } },
  'GET /v2/orgs/:organization': { rule: 'open' },
  'PATCH /v2/orgs/:organization': { rule: 'organization', body: { full_name: 'The crew' } },
  'DELETE /v2/orgs/:organization': { rule: 'organization' },
  'GET /v2/orgs/:organization/members': { rule: 'member' },
  'POST /v2/orgs/:organization/members': { rule: 'organization', body: { member: 'extra' } },
  'PUT /v2/orgs/:organization/members/:account': { rule: 'organization', body: { role: 'member' } },
  'DELETE /v2/orgs/:organization/members/:account': { rule: 'organization' },
  'GET /v2/orgs/:organization/groups': { rule: 'member' },
  'POST /v2/orgs/:organization/groups': { rule: 'organization', body: { name: 'ops' } },
  'DELETE /v2/orgs/:organization/groups/:group': { rule: 'organization' },
  'GET /v2/orgs/:organization/groups/:group/members': { rule: 'member' },
  'POST /v2/orgs/:organization/groups/:group/members': { rule: 'organization', body: { member: 'writer' } },
  'DELETE /v2/orgs/:organization/groups/:group/members/:account': { rule: 'organization' },
  'GET /v2/auditlogs/:namespace': { rule: 'own' },
  'GET /api/billing/v4/accounts/:namespace/hub-plan': { rule: 'plan' },
  // The last: the session is over then.
  'POST /v2/logout': { rule: 'open' },
}

/** What the registry's token service grants of pull, push and delete. */
export const registryActions: Readonly<Record<'public' | 'private', Readonly<Record<Role, string>>>> = {
  public: actions('pull', 'pull', 'pull', 'pull,push', all, all, all, 'pull', 'pull', 'pull,push', all),
  private: actions('', '', 'pull', 'pull,push', all, all, all, '', 'pull', 'pull,push', all),
}
