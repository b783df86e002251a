import type { AuthorizationRequest, Authorizer } from './auth/authorizer.ts'
import { basicHeader, type Credentials, type CredentialsLookup } from './auth/credentials.ts'
import { discard } from './transport/discard.ts'
import type { EndpointResponse, EndpointTransport } from './transport/endpoint-transport.ts'
import type { Endpoint } from './transport/endpoint.ts'
import type { HttpRequest } from './transport/http-request.ts'
import { isRedirect, redirectRefused, redirectsMax, redirectTarget } from './transport/redirect.ts'

export interface RegistryRequest extends Pick<HttpRequest, 'body' | 'responseMs' | 'signal'> {
  /** Default GET. */
  method?: HttpRequest['method']
  /** Below the endpoint's root (`library/alpine/manifests/latest`), or the URL that a registry named. */
  path: string | URL
  scopes: readonly string[]
  headers: Readonly<Record<string, string>>
  /** For the registry that the reference names; mirrors get what the lookup knows for them, never these. */
  credentials: Credentials | undefined
  /** For what is answered to everyone, only not with the same: credentials are shown without being asked for. */
  isOpenToAll?: boolean
}

export interface RegistrySessionOptions {
  transport: EndpointTransport
  authorizer: Authorizer
  lookup: CredentialsLookup
  userAgent: string
}

/** An authorised request to one endpoint: answers a challenge once, and follows redirects without carrying secrets along. */
export class RegistrySession {
  readonly #options: RegistrySessionOptions

  constructor(options: RegistrySessionOptions) {
    this.#options = options
  }

  async send(endpoint: Endpoint, request: RegistryRequest): Promise<EndpointResponse> {
    const url = requestUrl(endpoint, request)
    // A registry may send uploads elsewhere: what it names gets no secret of ours, and its challenge no answer.
    if (endpoint.namedBy || url.host !== endpoint.root.host)
      return await this.#follow(endpoint, request, { url, authorization: undefined })
    const { authorizer, lookup } = this.#options
    const credentials =
      (endpoint.isMirror ? undefined : request.credentials) ?? (await lookup(endpoint.registry))
    const authorization = { endpoint, scopes: request.scopes, credentials }
    const known = await authorizer.header(authorization)
    const sent = known ?? (request.isOpenToAll ? await this.#unasked(request, authorization) : undefined)
    const first = await this.#follow(endpoint, request, { url, authorization: sent })
    if (!isChallenge(first, endpoint)) return first
    const header = first.response.headers['www-authenticate']
    const next = await authorizer.challenged(authorization, { header, registry: first.url, sent })
    if (next === undefined) return first
    discard(first.response)
    return await this.#follow(endpoint, request, { url, authorization: next })
  }

  /** A password as it is; a refresh token is for the token service alone, which the root of the API names. */
  async #unasked(
    { signal }: RegistryRequest,
    authorization: AuthorizationRequest,
  ): Promise<string | undefined> {
    const { endpoint, credentials } = authorization
    if (!credentials?.identityToken) return credentials && basicHeader(credentials)
    const url = new URL('../v2/', endpoint.root)
    const ping: RegistryRequest = { path: url, scopes: [], headers: {}, credentials, signal }
    const answer = await this.#follow(endpoint, ping, { url, authorization: undefined })
    discard(answer.response)
    if (!isChallenge(answer, endpoint)) return undefined
    const header = answer.response.headers['www-authenticate']
    return await this.#options.authorizer.challenged(authorization, {
      header,
      registry: answer.url,
      sent: undefined,
    })
  }

  async #follow(
    endpoint: Endpoint,
    request: RegistryRequest,
    start: { url: URL; authorization: string | undefined },
  ): Promise<EndpointResponse> {
    let { authorization } = start
    let answer = await this.#sendTo(endpoint, request, start)
    for (let hops = 0; isRedirect(answer.response, request.method); hops++) {
      const { response, url } = answer
      discard(response)
      if (hops === redirectsMax) throw redirectRefused(url, `stopped after ${redirectsMax} redirects`)
      const target = redirectTarget(response.headers.location ?? '', url)
      if (target.origin !== url.origin) authorization = undefined
      answer = await this.#sendTo(endpoint, request, { url: target, authorization })
    }
    return answer
  }

  async #sendTo(
    endpoint: Endpoint,
    request: RegistryRequest,
    { url, authorization }: { url: URL; authorization: string | undefined },
  ): Promise<EndpointResponse> {
    const { method = 'GET', body, responseMs, signal } = request
    const headers = {
      'User-Agent': this.#options.userAgent,
      'Accept-Encoding': 'identity',
      ...(url.host === endpoint.root.host ? endpoint.headers : {}),
      ...request.headers,
      ...(authorization !== undefined && { Authorization: authorization }),
    }
    return await this.#options.transport.send(endpoint, { method, url, headers, body, responseMs, signal })
  }
}

/** Asked for credentials by the endpoint itself: nobody that it leads to gets any. */
function isChallenge({ response, url }: EndpointResponse, { root }: Endpoint): boolean {
  return response.statusCode === 401 && url.host === root.host
}

function requestUrl(endpoint: Endpoint, { path }: RegistryRequest): URL {
  const url = new URL(path, endpoint.root)
  // Distribution specification, "Proxying": tells a mirror of several registries which one is meant.
  if (endpoint.namespace !== undefined) url.searchParams.set('ns', endpoint.namespace)
  return url
}
