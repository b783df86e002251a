import type { Duplex } from 'node:stream'
import { apiVersion, compareVersions, type Ping } from '@berth/api'
import { CodedError, isCoded } from '@berth/stdx'
import type { EngineClient, EngineRequest, EngineResponse, HijackedStream } from './engine-client.ts'
import { parseHostAddress } from './host-address.ts'
import { discard } from './response-body.ts'
import { responseError } from './response-error.ts'
import type { TlsOptions } from './transport-options.ts'
import { Transport } from './transport.ts'

export interface ClientOptions {
  /** `unix:///path`, `tcp://host:port` or `ssh://user@host`. */
  host: string
  /** Pins the API version; without it the newest that both ends know is used. */
  version?: string | undefined
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>
  tls?: TlsOptions | undefined
  /** What ssh gets, for `ssh://`; none when absent. */
  environment?: Readonly<Record<string, string | undefined>>
}

/** What an engine speaks that does not say: the version before /_ping told it. */
const assumedVersion = '1.24'

/** A client of the engine at `host`. Throws `invalid-argument` for a host that cannot be read; connects on first use. */
export function openClient(options: ClientOptions): EngineClient {
  return new HttpEngineClient(options)
}

class HttpEngineClient implements EngineClient {
  readonly host: string
  readonly #transport: Transport
  #version: Promise<string> | undefined

  constructor({ host, version, headers = {}, tls, environment = {} }: ClientOptions) {
    this.host = host
    this.#transport = new Transport({
      host,
      address: parseHostAddress(host, tls !== undefined),
      headers,
      tls,
      environment,
    })
    if (version !== undefined) this.#version = Promise.resolve(version.replace(/^v/, ''))
  }

  apiVersion(): Promise<string> {
    this.#version ??= this.#negotiate()
    return this.#version
  }

  async ping(): Promise<Ping> {
    const head = await this.#transport.send({ method: 'HEAD', path: '/_ping' })
    await discard(head.body)
    if (head.status === 200) return pingOf(head)
    const get = await this.#transport.send({ method: 'GET', path: '/_ping' })
    if (get.status !== 200) throw await responseError(get, '/_ping')
    await discard(get.body)
    return pingOf(get)
  }

  async send(request: EngineRequest): Promise<EngineResponse> {
    const versioned = await this.#versioned(request)
    const response = await this.#transport.send(versioned)
    if (response.status >= 400) throw await responseError(response, versioned.path)
    return response
  }

  async hijack(request: EngineRequest): Promise<HijackedStream> {
    const versioned = await this.#versioned(request)
    const result = await this.#transport.upgrade(versioned)
    if ('stream' in result) return result
    if (result.status >= 400) throw await responseError(result, versioned.path)
    throw new CodedError('internal', `unable to upgrade to tcp, received ${result.status}`)
  }

  dial(): Duplex {
    return this.#transport.connect()
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]()
  }

  async #negotiate(): Promise<string> {
    try {
      const { ApiVersion } = await this.ping()
      return compareVersions(ApiVersion, apiVersion) < 0 ? ApiVersion : apiVersion
    } catch (error) {
      // An engine that has no /_ping or guards it still serves calls; one that is not there fails here.
      if (isCoded(error, 'not-found', 'unauthorized', 'not-implemented', 'internal')) return apiVersion
      throw error
    }
  }

  async #versioned(request: EngineRequest): Promise<EngineRequest> {
    return { ...request, path: `/v${await this.apiVersion()}${request.path}` }
  }
}

function pingOf({ headers }: EngineResponse): Ping {
  const text = (name: string) => String(headers[name] ?? '')
  return {
    ApiVersion: text('api-version') || assumedVersion,
    OsType: text('ostype'),
    Experimental: text('docker-experimental') === 'true',
    BuilderVersion: text('builder-version'),
    Swarm: text('swarm'),
  }
}
