import { performance } from 'node:perf_hooks'
import type { Logger } from '@berth/stdx'
import { chooseChallenge, type Challenge } from './challenge.ts'
import { basicHeader, fingerprint, type Credentials } from './credentials.ts'
import type { EndpointTransport } from '../transport/endpoint-transport.ts'
import type { Endpoint } from '../transport/endpoint.ts'
import { checkRealm } from './realm.ts'
import { RecentMap } from '../transport/recent-map.ts'
import { fetchToken, type Token, type TokenRequest } from './token-service.ts'

export interface AuthorizationRequest {
  endpoint: Endpoint
  /** `repository:library/alpine:pull` */
  scopes: readonly string[]
  credentials: Credentials | undefined
}

interface CachedToken {
  header: Promise<string>
  /** On the monotonic clock, so that a wrong clock on either side does no harm. */
  renewAtMs: number
}

interface KnownChallenge {
  challenge: Challenge
  /** Where it came from, with the scheme that was really used. */
  registry: URL
}

/** Tokens are renewed when this part of their life has passed. */
const lifetimeUsed = 0.9

/** Knows which `Authorization` a host wants, fetches tokens once for all who wait, and keeps them until near expiry. */
export class Authorizer {
  readonly #transport: EndpointTransport
  readonly #logger: Logger
  readonly #challenges = new RecentMap<string, KnownChallenge>()
  readonly #tokens = new RecentMap<string, CachedToken>()
  /** Token services that people logged in at, by registry. */
  readonly #realms = new RecentMap<string, string>()

  constructor(transport: EndpointTransport, logger: Logger) {
    this.#transport = transport
    this.#logger = logger
  }

  /** The header to send, as far as earlier answers of this host told; undefined when it asked for none. */
  async header(request: AuthorizationRequest): Promise<string | undefined> {
    if (request.credentials?.registryToken) return `Bearer ${request.credentials.registryToken}`
    const known = this.#challenges.get(challengeKey(request))
    if (!known) return undefined
    if (known.challenge.scheme === 'bearer') return await this.#bearer(request, known)
    return request.credentials && basicHeader(request.credentials)
  }

  /**
   * Learns from a 401 to a request that carried `sent`. Returns the header to try next, or undefined when there is
   * nothing better than what was refused.
   */
  async challenged(
    request: AuthorizationRequest,
    answer: { header: string | undefined; registry: URL; sent: string | undefined },
  ): Promise<string | undefined> {
    const challenge = chooseChallenge(answer.header)
    if (!challenge) return undefined
    const known = { challenge, registry: answer.registry }
    this.#challenges.set(challengeKey(request), known)
    if (answer.sent !== undefined) await this.#forget(request, known, answer.sent)
    const next = await this.header(request)
    return next === answer.sent ? undefined : next
  }

  /**
   * A token for nothing in particular, and one to renew it with if there is such. Whoever logs in means this registry, so
   * its token service is trusted from then on, if it is on TLS, also on an unrelated host.
   */
  async login(request: {
    endpoint: Endpoint
    challenge: Challenge
    registry: URL
    credentials: Credentials
  }): Promise<Token> {
    const { endpoint, challenge, registry, credentials } = request
    const { url, mayHaveCredentials } = checkRealm(challenge.realm ?? '', registry)
    const isTrusted = mayHaveCredentials || url.protocol === 'https:'
    const token = await fetchToken(this.#transport, {
      endpoint,
      realm: url,
      service: challenge.service,
      scopes: challenge.scope?.split(' ').filter((scope) => scope) ?? [],
      credentials: isTrusted ? credentials : undefined,
      isOffline: true,
    })
    if (isTrusted) this.#realms.set(registry.host, url.host)
    return token
  }

  async #bearer(request: AuthorizationRequest, known: KnownChallenge): Promise<string> {
    const tokenRequest = this.#tokenRequest(request, known)
    const key = tokenKey(tokenRequest)
    const cached = this.#tokens.get(key)
    if (cached && performance.now() < cached.renewAtMs) return await cached.header
    const entry: CachedToken = { header: this.#fetch(tokenRequest, () => entry), renewAtMs: Infinity }
    this.#tokens.set(key, entry)
    try {
      return await entry.header
    } catch (error) {
      if (this.#tokens.get(key) === entry) this.#tokens.delete(key)
      throw error
    }
  }

  async #fetch(request: TokenRequest, entry: () => CachedToken): Promise<string> {
    const askedAtMs = performance.now()
    const { value, lifetimeMs } = await fetchToken(this.#transport, request)
    entry().renewAtMs = askedAtMs + lifetimeMs * lifetimeUsed
    return `Bearer ${value}`
  }

  /** Drops the token that was refused, unless another request has already replaced it. */
  async #forget(request: AuthorizationRequest, known: KnownChallenge, sent: string): Promise<void> {
    if (known.challenge.scheme !== 'bearer') return
    const key = tokenKey(this.#tokenRequest(request, known))
    const cached = this.#tokens.get(key)
    if (cached && (await cached.header) === sent) this.#tokens.delete(key)
  }

  #tokenRequest(
    { endpoint, scopes, credentials }: AuthorizationRequest,
    { challenge, registry }: KnownChallenge,
  ): TokenRequest {
    const { url, ...realm } = checkRealm(challenge.realm ?? '', registry)
    const isKnown = url.protocol === 'https:' && this.#realms.get(registry.host) === url.host
    const mayHaveCredentials = realm.mayHaveCredentials || isKnown
    if (credentials && !mayHaveCredentials) {
      this.#logger.warn(
        'credentials withheld from a token service on an unrelated host until the next login',
        {
          registry: registry.host,
          realm: url.host,
        },
      )
    }
    return {
      endpoint,
      realm: url,
      service: challenge.service,
      scopes: [...new Set([...scopes, ...(challenge.scope?.split(' ') ?? [])])].filter((scope) => scope),
      credentials: mayHaveCredentials ? credentials : undefined,
    }
  }
}

function challengeKey({ endpoint, scopes }: AuthorizationRequest): string {
  return `${endpoint.root.href} ${scopes.join(' ')}`
}

function tokenKey({ realm, service, scopes, credentials }: TokenRequest): string {
  return JSON.stringify([realm.href, service, scopes.toSorted(), fingerprint(credentials)])
}
