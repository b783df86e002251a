import type { IncomingMessage } from 'node:http'
import { EndpointFailure } from './endpoint-failure.ts'
import type { Endpoint } from './endpoint.ts'
import { TransportError } from './exchange.ts'
import type { HttpRequest } from './http-request.ts'
import type { HttpTransport } from './http-transport.ts'
import { networkWords } from './network-words.ts'
import { reachOf } from './reach.ts'
import { RecentMap } from './recent-map.ts'
import { usualTls } from './tls-settings.ts'

export interface EndpointRequest extends Pick<
  HttpRequest,
  'method' | 'headers' | 'body' | 'responseMs' | 'signal'
> {
  /** Absolute; on the endpoint itself, or where it redirected to. */
  url: URL
}

export interface EndpointResponse {
  response: IncomingMessage
  /** Where the response came from: differs from the request's URL in the scheme when plain HTTP was fallen back to. */
  url: URL
}

/**
 * Sends to one endpoint, or to where it leads, and turns failures into words. For an endpoint listed as insecure, TLS is tried first and
 * plain HTTP after it; what worked is remembered, and once TLS worked, plain HTTP is never used again.
 */
export class EndpointTransport {
  readonly #transport: HttpTransport
  readonly #schemes = new RecentMap<string, 'https:' | 'http:'>()

  constructor(transport: HttpTransport) {
    this.#transport = transport
  }

  async send(endpoint: Endpoint, request: EndpointRequest): Promise<EndpointResponse> {
    const isOwnHost = request.url.host === endpoint.root.host
    const isInsecure = endpoint.isInsecure && isOwnHost
    if (!isInsecure || endpoint.root.protocol === 'http:')
      return await this.#attempt(endpoint, request, isInsecure)
    const known = this.#schemes.get(endpoint.root.host)
    if (known) return await this.#attempt(endpoint, withScheme(request, known), true)
    return await this.#probe(endpoint, request)
  }

  async #probe(endpoint: Endpoint, request: EndpointRequest): Promise<EndpointResponse> {
    const { host } = endpoint.root
    try {
      const result = await this.#attempt(endpoint, withScheme(request, 'https:'), true)
      this.#schemes.set(host, 'https:')
      return result
    } catch (error) {
      if (!(error instanceof EndpointFailure) || error.kind !== 'unreachable') throw error
    }
    const result = await this.#attempt(endpoint, withScheme(request, 'http:'), true)
    this.#schemes.set(host, 'http:')
    return result
  }

  async #attempt(
    endpoint: Endpoint,
    request: EndpointRequest,
    isInsecure: boolean,
  ): Promise<EndpointResponse> {
    const { root } = endpoint
    const isOwnHost = request.url.host === root.host
    const tls = isOwnHost ? endpoint.tls : usualTls
    const namedBy = endpoint.namedBy ?? (isOwnHost ? undefined : root)
    const isProxied = this.#transport.isProxied(request.url)
    const addresses = namedBy && (await reachOf(request.url, { namedBy, isProxied }))
    try {
      const response = await this.#transport.send({
        ...request,
        addresses,
        connectTimeoutMs: endpoint.connectTimeoutMs,
        tls: { ...tls, isAnyCertificateAccepted: isInsecure || tls.isAnyCertificateAccepted },
      })
      return { response, url: request.url }
    } catch (error) {
      throw error instanceof TransportError ? failureOf(error, endpoint, request) : error
    }
  }
}

function withScheme(request: EndpointRequest, protocol: 'https:' | 'http:'): EndpointRequest {
  const url = new URL(request.url)
  url.protocol = protocol
  return { ...request, url }
}

/** Names the registry's root rather than the full URL: a redirect's query can be a signature, which is a secret. */
function failureOf(
  error: TransportError,
  endpoint: Endpoint,
  { url, method }: EndpointRequest,
): EndpointFailure {
  const { words, hint } = networkWords(error.cause, url)
  const root = new URL(url.host === endpoint.root.host ? endpoint.root.pathname : '/', url)
  return new EndpointFailure(`${asVerb(method)} ${JSON.stringify(root.href)}: ${words}`, {
    kind: error.phase === 'connect' ? 'unreachable' : 'transient',
    code: 'unavailable',
    summary: words,
    hint,
    cause: error.cause,
  })
}

/** As the field's clients write it: `Get`, `Put`. */
const asVerb = (method: string): string => method.slice(0, 1) + method.slice(1).toLowerCase()
