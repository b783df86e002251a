import type { IncomingMessage } from 'node:http'
import { EndpointFailure } from './endpoint-failure.ts'
import type { Endpoint } from './endpoint.ts'
import { TransportError, type HttpRequest, type HttpTransport } from './http-transport.ts'
import { networkWords } from './network-words.ts'
import { RecentMap } from './recent-map.ts'

export interface EndpointRequest extends Pick<HttpRequest, 'method' | 'headers' | 'body' | 'signal'> {
  /** Absolute; on the endpoint itself, or where it redirected to. */
  url: URL
}

export interface EndpointResponse {
  response: IncomingMessage
  /** Where the response came from: differs from the request's URL in the scheme when plain HTTP was fallen back to. */
  url: URL
}

/**
 * Sends to one endpoint and turns failures into words. For an endpoint listed as insecure, TLS is tried first and
 * plain HTTP after it; what worked is remembered, and once TLS worked, plain HTTP is never used again.
 */
export class EndpointTransport {
  readonly #transport: HttpTransport
  readonly #schemes = new RecentMap<string, 'https:' | 'http:'>()

  constructor(transport: HttpTransport) {
    this.#transport = transport
  }

  async send(endpoint: Endpoint, request: EndpointRequest): Promise<EndpointResponse> {
    const isOwnHost = request.url.host === endpoint.base.host
    const isInsecure = endpoint.isInsecure && isOwnHost
    if (!isInsecure || endpoint.base.protocol === 'http:')
      return await this.#attempt(endpoint, request, isInsecure)
    const known = this.#schemes.get(endpoint.base.host)
    if (known) return await this.#attempt(endpoint, withScheme(request, known), true)
    return await this.#probe(endpoint, request)
  }

  async #probe(endpoint: Endpoint, request: EndpointRequest): Promise<EndpointResponse> {
    const { host } = endpoint.base
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
    try {
      const response = await this.#transport.send({
        ...request,
        connectTimeoutMs: endpoint.connectTimeoutMs,
        isAnyCertificateAccepted: isInsecure,
      })
      return { response, url: request.url }
    } catch (error) {
      throw error instanceof TransportError ? failureOf(error, endpoint, request.url) : error
    }
  }
}

function withScheme(request: EndpointRequest, protocol: 'https:' | 'http:'): EndpointRequest {
  const url = new URL(request.url)
  url.protocol = protocol
  return { ...request, url }
}

/** Names the registry's root rather than the full URL: a redirect's query can be a signature, which is a secret. */
function failureOf(error: TransportError, endpoint: Endpoint, url: URL): EndpointFailure {
  const { words, hint } = networkWords(error.cause, url)
  const root =
    url.host === endpoint.base.host ? new URL('v2/', new URL(endpoint.base.pathname, url)) : new URL('/', url)
  return new EndpointFailure(`Get ${JSON.stringify(root.href)}: ${words}`, {
    kind: error.phase === 'connect' ? 'unreachable' : 'transient',
    code: 'unavailable',
    summary: words,
    hint,
    cause: error.cause,
  })
}
