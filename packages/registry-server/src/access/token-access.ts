import type { IncomingHttpHeaders } from 'node:http'
import type { Access, AccessPolicy, Grant } from '../access-policy.ts'
import type { Accounts } from './accounts.ts'
import { allowsAccess } from './allows-access.ts'
import { RecentValues } from './recent-values.ts'
import { formatScope } from './scope.ts'
import type { KeySource } from './signing-keys.ts'
import { verifyToken, type TokenClaims } from './token.ts'

/** What was asked a moment ago is not asked again with each request of a pull. */
const rememberMs = 1000
const rememberMax = 10_000

export interface TokenAccessOptions {
  keys: KeySource
  accounts: Accounts
  /** Who signs, and for which service: both are in every token. */
  issuer: string
  service: string
  /** Where tokens are got, as the sender of these headers reaches it. */
  realm: (headers: IncomingHttpHeaders) => string
  now: () => number
}

/** Requests carry a token of our own token service that says what they may do. */
export function tokenAccess(options: TokenAccessOptions): AccessPolicy {
  const { keys, issuer, service, realm, now } = options
  const rights = new CurrentRights(options)
  const challengeFor = (access: Access, headers: IncomingHttpHeaders, error?: string) => {
    const scope = scopeOf(access)
    const parts = [`realm="${realm(headers)}"`, `service="${service}"`]
    if (scope !== undefined) parts.push(`scope="${scope}"`)
    if (error !== undefined) parts.push(`error="${error}"`)
    return `Bearer ${parts.join(',')}`
  }
  return {
    async grant(headers): Promise<Grant> {
      const token = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
      const findKey = (kid: string) => keys.find(kid)
      const claims =
        token === undefined
          ? undefined
          : await verifyToken(token, { issuer, audience: service, now: now(), findKey })
      const error = claims && 'insufficient_scope'
      return {
        account: claims?.sub || undefined,
        allows: async (access) =>
          claims !== undefined && isGranted(claims, access) && (await rights.allow(claims, access)),
        challenge: (access) => challengeFor(access, headers, error),
      }
    },
    challenge: (access, headers) => challengeFor(access, headers, 'invalid_token'),
  }
}

/** What holders of tokens may do by now: since a token was given, rights, repositories and accounts may be gone. */
class CurrentRights {
  readonly #accounts: Accounts
  readonly #recent: RecentValues<Promise<boolean>>

  constructor({ accounts, now }: TokenAccessOptions) {
    this.#accounts = accounts
    this.#recent = new RecentValues({ limit: rememberMax, lifeMs: rememberMs, now })
  }

  allow(claims: TokenClaims, access: Access): Promise<boolean> {
    const key = JSON.stringify([claims.sub, claims.login, claims.session, access])
    const known = this.#recent.get(key)
    if (known) return known
    const asked = this.#ask(claims, access)
    this.#recent.set(key, asked)
    asked.catch(() => this.#recent.delete(key))
    return asked
  }

  async #ask({ sub: name, login, session }: TokenClaims, access: Access): Promise<boolean> {
    const account = name === '' ? undefined : await this.#accounts.findAccount({ name, login, session })
    if (name !== '' && !account) return false
    return access.action === 'base' || allowsAccess(this.#accounts, account, access)
  }
}

function isGranted({ access: scopes }: TokenClaims, access: Access): boolean {
  if (access.action === 'base') return true
  const { type, name, action } = resourceOf(access)
  return scopes.some((scope) => scope.type === type && scope.name === name && scope.actions.includes(action))
}

/** What to ask the token service for: who pushes reads as well. */
function scopeOf(access: Access): string | undefined {
  if (access.action === 'base') return undefined
  const { type, name, action } = resourceOf(access)
  return formatScope({ type, name, actions: action === 'push' ? ['pull', 'push'] : [action] })
}

function resourceOf(access: Exclude<Access, { action: 'base' }>) {
  if ('repository' in access)
    return { type: 'repository', name: access.repository, action: access.action } as const
  const action = access.action === 'catalog' ? '*' : access.action
  return { type: 'registry', name: 'catalog', action } as const
}
