import type { IncomingHttpHeaders } from 'node:http'
import { silentLogger, type Logger } from '@berth/stdx'
import { Authorizer } from './auth/authorizer.ts'
import { readBody } from './transport/body.ts'
import type { Credentials } from './auth/credentials.ts'
import { discard } from './transport/discard.ts'
import { EndpointTransport } from './transport/endpoint-transport.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { HttpTransport } from './transport/http-transport.ts'
import type { ProxySettings } from './transport/proxy.ts'
import { RegistrySession } from './registry-session.ts'
import { retryAfterMs } from './transport/retry-after.ts'
import { defaultTimeouts, type Timeouts } from './transport/timeouts.ts'
import { usualTls } from './transport/tls-settings.ts'

/** Where one registry is and how to talk to it. */
export interface RegistryHostOptions {
  /** `https://host[:port][/path]`, or plain `http:` where that is meant. */
  url: URL
  credentials?: Credentials
  /** Default: none is used. */
  proxy?: ProxySettings
  userAgent?: string
  logger?: Logger
  timeouts?: Partial<Timeouts>
  /** PEM files trusted besides the machine's own certificates. */
  caFiles?: readonly string[]
}

/** One request for what lies below `/v2/`. */
export interface RegistryQuestion {
  method: 'GET' | 'HEAD'
  repository: string
  /** Below the repository, for example `manifests/latest`. */
  path: string
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/** What the registry said; the body must be read or discarded. */
export interface RegistryAnswer {
  status: number
  headers: IncomingHttpHeaders
  /** What `Retry-After` asked for. */
  retryAfterMs: number | undefined
  /** Throws `unavailable` when the line is cut or stalls. */
  body: AsyncGenerator<Uint8Array>
  /** Gives a body up that has not been begun to read, so that its connection can be used again. */
  discard: () => void
}

/**
 * One registry, asked once at a time: no mirrors and no retries, for who decides himself what a failure means. Challenges
 * are answered (tokens are kept until near their end), redirects followed without carrying secrets along.
 */
export interface RegistryHost extends AsyncDisposable {
  /** Any status is an answer. Throws `unavailable` when none comes; a time-out has a cause with the code ETIMEDOUT. */
  ask(question: RegistryQuestion): Promise<RegistryAnswer>
}

/** Opens a host; disposing closes its connections. */
export function openRegistryHost(options: RegistryHostOptions): RegistryHost {
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const http = new HttpTransport(timeouts, { proxy: options.proxy ?? {}, caFiles: options.caFiles ?? [] })
  const transport = new EndpointTransport(http)
  const session = new RegistrySession({
    transport,
    authorizer: new Authorizer(transport, options.logger ?? silentLogger),
    lookup: async () => options.credentials,
    userAgent: options.userAgent ?? 'berth',
  })
  const endpoint = endpointOf(options.url, timeouts)
  return {
    async ask({ method, repository, path, headers = {}, signal }) {
      const { response } = await session.send(endpoint, {
        method,
        path: `${repository}/${path}`,
        scopes: [`repository:${repository}:pull`],
        headers,
        signal,
        credentials: undefined,
      })
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        retryAfterMs: retryAfterMs(response.headers['retry-after'], Date.now()),
        body: readBody(response, endpoint.label, timeouts.stallMs),
        discard: () => discard(response, { hasBody: method !== 'HEAD' }),
      }
    },
    async [Symbol.asyncDispose]() {
      http[Symbol.dispose]()
    },
  }
}

function endpointOf(url: URL, { connectMs }: Timeouts): Endpoint {
  const root = new URL(url)
  root.pathname = root.pathname.replace(/\/*$/, '/v2/')
  return {
    label: root.host,
    root,
    isMirror: false,
    namedBy: undefined,
    namespace: undefined,
    headers: {},
    isInsecure: root.protocol === 'http:',
    tls: usualTls,
    connectTimeoutMs: connectMs,
    registry: root.host,
  }
}
