import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '@berth/stdx'
import { clientAddress } from '../http/client-address.ts'
import { sendJson } from '../http/exchange.ts'
import { errorReply, sendError } from '../http/error-response.ts'
import { readBody } from '../http/request-body.ts'
import { RegistryError } from '../registry-error.ts'
import type { Account, Accounts } from './accounts.ts'
import { parseBasic } from './basic-credentials.ts'
import type { LoginGuard } from './login-guard.ts'
import type { RefreshTokens, TokenClient } from './refresh-tokens.ts'
import { formatScope, parseScopes, type Scope } from './scope.ts'
import type { KeySource } from './signing-keys.ts'
import { signToken } from './token.ts'

/** Never below 60: clients take less for 60 (distribution token specification). */
const lifeSeconds = 300
const formBytesMax = 64 * 1024

export interface TokenServiceOptions {
  accounts: Accounts
  guard: LoginGuard
  keys: KeySource
  refreshTokens: RefreshTokens
  issuer: string
  service: string
  now: () => number
  logger: Logger
}

interface TokenRequest {
  account: Account | undefined
  scopes: Scope[]
  /** Who is to get a refresh token with it, if one is wanted. */
  lasting: TokenClient | undefined
}

/** Gives tokens for what somebody may do of what they ask for; less than that is no error. */
export class TokenService {
  readonly #options: TokenServiceOptions

  constructor(options: TokenServiceOptions) {
    this.#options = options
  }

  /** Answers GET and POST of the token's URL. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      response.setHeader('Cache-Control', 'no-store')
      if (request.method === 'GET') sendJson(response, await this.#get(request))
      else if (request.method === 'POST') sendJson(response, await this.#post(request))
      else throw new RegistryError('UNSUPPORTED')
    } catch (error) {
      // The client has gone: nobody is left to be told.
      if (response.destroyed || request.errored) return
      const reply = errorReply(error)
      if (reply.status >= 500) this.#options.logger.error('token request failed', { error })
      if (!response.headersSent) sendError(request, response, reply)
    }
  }

  /** Distribution token specification: the GET form. */
  async #get(request: IncomingMessage): Promise<object> {
    const query = new URLSearchParams(request.url?.replace(/^[^?]*\??/, ''))
    this.#checkService(query.get('service'))
    const login = parseBasic(request.headers.authorization)
    const account = login && (await this.#options.guard.authenticate(login, clientAddress(request)))
    const lasting = query.get('offline_token') === 'true' ? clientOf(request) : undefined
    const answer = await this.#issue({ account, scopes: parseScopes(query.getAll('scope')), lasting })
    return { token: answer.access_token, ...answer }
  }

  /** Distribution token specification: the OAuth form. */
  async #post(request: IncomingMessage): Promise<object> {
    const bytes = await readBody(request, formBytesMax, () => new RegistryError('BODY_TOO_LARGE'))
    const form = new URLSearchParams(Buffer.from(bytes).toString('utf8'))
    this.#checkService(form.get('service'))
    const account = await this.#accountOf(form, clientAddress(request))
    const isOffline = form.get('access_type') === 'offline'
    const refreshToken = form.get('refresh_token')
    const answer = await this.#issue({
      account,
      scopes: parseScopes(form.getAll('scope')),
      lasting: isOffline && refreshToken === null ? clientOf(request) : undefined,
    })
    return refreshToken === null ? answer : { ...answer, refresh_token: refreshToken }
  }

  async #accountOf(form: URLSearchParams, address: string): Promise<Account> {
    const { guard, refreshTokens } = this.#options
    switch (form.get('grant_type')) {
      case 'password': {
        const login = { name: form.get('username') ?? '', password: form.get('password') ?? '' }
        return await guard.authenticate(login, address)
      }
      case 'refresh_token': {
        const account = await refreshTokens.findAccount(form.get('refresh_token') ?? '')
        if (!account) throw new RegistryError('UNAUTHORIZED')
        return account
      }
      default:
        throw new RegistryError('UNSUPPORTED', { message: 'unsupported grant_type' })
    }
  }

  async #issue({ account, scopes, lasting }: TokenRequest) {
    const { keys, refreshTokens, issuer, service, now } = this.#options
    const access = (await Promise.all(scopes.map((scope) => this.#granted(account, scope)))).flat()
    const iat = Math.floor(now() / 1000)
    const times = { iat, nbf: iat, exp: iat + lifeSeconds }
    const { name = '', login, session } = account ?? {}
    const claims = { iss: issuer, sub: name, login, session, aud: service, ...times, access }
    return {
      access_token: signToken(await keys.current(), claims),
      scope: access.map(formatScope).join(' '),
      expires_in: lifeSeconds,
      issued_at: new Date(iat * 1000).toISOString(),
      ...(lasting && account && { refresh_token: await refreshTokens.issue(account, lasting) }),
    }
  }

  /** The part of a scope that the account may have; none of it is an empty list. */
  async #granted(account: Account | undefined, { type, name, actions }: Scope): Promise<Scope[]> {
    const { accounts } = this.#options
    if (type === 'registry' && name === 'catalog') {
      const mayAll = actions.includes('*') && (await accounts.mayListRepositories(account))
      // What Docker's engine asks for when it searches with a login that lasts.
      const maySearch = actions.includes('search') && (await accounts.maySearch(account))
      const granted = [...(mayAll ? ['*'] : []), ...(maySearch ? ['search'] : [])]
      return granted.length > 0 ? [{ type, name, actions: granted }] : []
    }
    if (type !== 'repository') return []
    const allowed = await accounts.actions(account, name)
    const granted = [...allowed].filter((action) => actions.includes(action) || actions.includes('*'))
    return granted.length > 0 ? [{ type, name, actions: granted }] : []
  }

  #checkService(service: string | null): void {
    if (service !== null && service !== this.#options.service)
      throw new RegistryError('DENIED', { message: 'unknown service' })
  }
}

function clientOf(request: IncomingMessage): TokenClient {
  return { address: clientAddress(request), userAgent: request.headers['user-agent'] ?? '' }
}
