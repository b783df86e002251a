import type { IncomingMessage } from 'node:http'
import { EndpointFailure } from './endpoint-failure.ts'
import type { Endpoint } from './endpoint.ts'
import { TransportError } from './exchange.ts'
import type { HttpRequest } from './http-request.ts'
import type { HttpTransport } from './http-transport.ts'
import { networkWords, type Way } from './network-words.ts'
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
    const proxy = this.#transport.proxyHost(request.url)
    const addresses = namedBy && (await reachOf(request.url, { namedBy, isProxied: proxy !== undefined }))
    try {
      const response = await this.#transport.send({
        ...request,
        addresses,
        connectTimeoutMs: endpoint.connectTimeoutMs,
        tls: { ...tls, isAnyCertificateAccepted: isInsecure || tls.isAnyCertificateAccepted },
      })
      return { response, url: request.url }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      throw failureOf(error, { root, request, way: { url: request.url, tls, proxy } })
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
  { cause, phase }: TransportError,
  { root, request, way }: { root: URL; request: EndpointRequest; way: Way },
): EndpointFailure {
  const { url, method } = request
  const { words, hint, isFinal } = networkWords(cause, way)
  const named = new URL(url.host === root.host ? root.pathname : '/', url)
  // What never got there is told as the field's clients do, who look whether a registry is there first.
  const verb = phase === 'connect' ? 'Get' : asVerb(method)
  return new EndpointFailure(`${verb} ${JSON.stringify(named.href)}: ${words}`, {
    kind: isFinal ? 'refused' : phase === 'connect' ? 'unreachable' : 'transient',
    code: 'unavailable',
    summary: words,
    hint,
    cause,
  })
}

/** As the field's clients write it: `Get`, `Put`. */
const asVerb = (method: string): string => method.slice(0, 1) + method.slice(1).toLowerCase()
