import type { IncomingMessage } from 'node:http'
import type { Authorizer } from './authorizer.ts'
import type { Credentials, CredentialsLookup } from './credentials.ts'
import { EndpointFailure } from './endpoint-failure.ts'
import type { EndpointResponse, EndpointTransport } from './endpoint-transport.ts'
import type { Endpoint } from './endpoint.ts'

export interface RegistryRequest {
  /** Below the endpoint's `v2/`, for example `library/alpine/manifests/latest`. */
  path: string
  scope: string
  headers: Readonly<Record<string, string>>
  signal: AbortSignal | undefined
  /** For the registry that the reference names; mirrors get what the lookup knows for them, never these. */
  credentials: Credentials | undefined
}

export interface RegistrySessionOptions {
  transport: EndpointTransport
  authorizer: Authorizer
  lookup: CredentialsLookup
  userAgent: string
}

const redirectsMax = 10
const discardBytesMax = 16 * 1024
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** An authorised GET to one endpoint: answers a challenge once, and follows redirects without carrying secrets along. */
export class RegistrySession {
  readonly #options: RegistrySessionOptions

  constructor(options: RegistrySessionOptions) {
    this.#options = options
  }

  async get(endpoint: Endpoint, request: RegistryRequest): Promise<IncomingMessage> {
    const { authorizer, lookup } = this.#options
    const credentials =
      (endpoint.isMirror ? undefined : request.credentials) ?? (await lookup(endpoint.registry))
    const authorization = { endpoint, scope: request.scope, credentials }
    const sent = await authorizer.header(authorization)
    const first = await this.#send(endpoint, request, sent)
    const isChallenge = first.response.statusCode === 401 && first.url.host === endpoint.base.host
    if (!isChallenge) return await this.#follow(endpoint, request, { ...first, sent })
    const header = first.response.headers['www-authenticate']
    const next = await authorizer.challenged(authorization, { header, registry: first.url, sent })
    if (next === undefined) return first.response
    discard(first.response)
    const second = await this.#send(endpoint, request, next)
    return await this.#follow(endpoint, request, { ...second, sent: next })
  }

  async #send(
    endpoint: Endpoint,
    request: RegistryRequest,
    authorization: string | undefined,
  ): Promise<EndpointResponse> {
    const url = new URL(`v2/${request.path}`, endpoint.base)
    // Distribution specification, "Proxying": tells a mirror of several registries which one is meant.
    if (endpoint.isMirror) url.searchParams.set('ns', 'docker.io')
    return await this.#sendTo(endpoint, request, { url, authorization })
  }

  async #sendTo(
    endpoint: Endpoint,
    request: RegistryRequest,
    { url, authorization }: { url: URL; authorization: string | undefined },
  ): Promise<EndpointResponse> {
    const headers = {
      'User-Agent': this.#options.userAgent,
      'Accept-Encoding': 'identity',
      ...request.headers,
      ...(authorization !== undefined && { Authorization: authorization }),
    }
    return await this.#options.transport.send(endpoint, {
      method: 'GET',
      url,
      headers,
      signal: request.signal,
    })
  }

  async #follow(
    endpoint: Endpoint,
    request: RegistryRequest,
    { sent, ...start }: EndpointResponse & { sent: string | undefined },
  ): Promise<IncomingMessage> {
    let { response, url } = start
    let authorization = sent
    for (
      let hops = 0;
      redirectStatuses.has(response.statusCode ?? 0) && response.headers.location !== undefined;
      hops++
    ) {
      const { location } = response.headers
      discard(response)
      if (hops === redirectsMax) throw redirectRefused(url, `stopped after ${redirectsMax} redirects`)
      const target = redirectTarget(location, url)
      if (target.origin !== url.origin) authorization = undefined
      ;({ response, url } = await this.#sendTo(endpoint, request, { url: target, authorization }))
    }
    return response
  }
}

/** Reads a short body to its end, so that the connection can be used again; a long one is cut. */
function discard(response: IncomingMessage): void {
  // Whatever becomes of a body that nobody wants is no error; without a listener it would end the process.
  response.on('error', () => {})
  if (Number(response.headers['content-length'] ?? Infinity) <= discardBytesMax) response.resume()
  else response.destroy()
}

function redirectTarget(location: string, from: URL): URL {
  const target = URL.parse(location, from.href)
  if (!target || (target.protocol !== 'https:' && target.protocol !== 'http:'))
    throw redirectRefused(from, 'redirected to no HTTP URL')
  if (from.protocol === 'https:' && target.protocol === 'http:')
    throw redirectRefused(from, 'redirected from HTTPS to plain HTTP')
  target.username = ''
  target.password = ''
  return target
}

function redirectRefused(url: URL, state: string): EndpointFailure {
  return new EndpointFailure(`Cannot fetch from ${url.host}: ${state}`, {
    kind: 'refused',
    code: 'unavailable',
    summary: state,
  })
}
