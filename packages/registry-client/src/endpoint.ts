import { performance } from 'node:perf_hooks'
import { CodedError } from '@berth/stdx'
import type { Reference } from '@berth/oci'
import type { InsecureHosts } from './insecure-hosts.ts'
import type { Timeouts } from './timeouts.ts'
import { usualTls, type TlsSettings } from './tls-settings.ts'

/** One place that can answer for a repository. */
export interface Endpoint {
  /** As people see it in errors: `mirror https://host/path` or the registry's host. */
  label: string
  /** Where the API begins, with a slash at the end: `https://host/v2/`. */
  root: URL
  isMirror: boolean
  /** May lack a good certificate, or TLS. */
  isInsecure: boolean
  tls: TlsSettings
  connectTimeoutMs: number
  /** Under which name credentials are looked up: they are for this host and no other. */
  registry: string
}

const dockerHub = { registry: 'docker.io', host: 'registry-1.docker.io' }

export type Use = 'pull' | 'push'

export interface EndpointsOptions {
  mirrors: readonly URL[]
  insecure: InsecureHosts
  timeouts: Timeouts
}

/** Knows whom to ask for a repository, in which order, and which mirrors failed lately. */
export class Endpoints {
  readonly #options: EndpointsOptions
  readonly #downUntilMs = new Map<string, number>()

  constructor(options: EndpointsOptions) {
    this.#options = options
  }

  /** Mirrors as configured, then the registry itself; mirrors that failed lately come last, never dropped. */
  async of({ registry }: Pick<Reference, 'registry'>, use: Use): Promise<[Endpoint, ...Endpoint[]]> {
    const mirrors = registry === dockerHub.registry && use === 'pull' ? this.#options.mirrors : []
    const endpoints = await Promise.all(mirrors.map((mirror) => this.#mirror(mirror)))
    const upstream = await this.#upstream(registry)
    const up = endpoints.filter((endpoint) => !this.#isDown(endpoint))
    const down = endpoints.filter((endpoint) => this.#isDown(endpoint))
    return [...up, upstream, ...down] as unknown as [Endpoint, ...Endpoint[]]
  }

  /** Remembers that a mirror did not work, so that the next operation does not wait for it again. */
  markDown(endpoint: Endpoint): void {
    if (!endpoint.isMirror) return
    this.#downUntilMs.set(endpoint.label, performance.now() + this.#options.timeouts.mirrorDownMs)
  }

  #isDown(endpoint: Endpoint): boolean {
    return performance.now() < (this.#downUntilMs.get(endpoint.label) ?? 0)
  }

  async #mirror(base: URL): Promise<Endpoint> {
    return {
      label: `mirror ${base.href.replace(/\/$/, '')}`,
      root: new URL('v2/', base),
      isMirror: true,
      tls: usualTls,
      isInsecure: base.protocol === 'http:' || (await this.#options.insecure.includes(base)),
      connectTimeoutMs: this.#options.timeouts.mirrorConnectMs,
      registry: base.host,
    }
  }

  async #upstream(registry: string): Promise<Endpoint> {
    const host = registry === dockerHub.registry ? dockerHub.host : registry
    const base = new URL(`https://${host}/`)
    return {
      label: host,
      root: new URL('v2/', base),
      isMirror: false,
      tls: usualTls,
      isInsecure: await this.#options.insecure.includes(base),
      connectTimeoutMs: this.#options.timeouts.connectMs,
      registry,
    }
  }
}

/** Reads one entry of `registry-mirrors`; throws `invalid-argument` in the words of dockerd. */
export function parseMirror(text: string): URL {
  const quoted = JSON.stringify(text)
  const either = "must use either 'https://' or 'http://'"
  if (!/^[^:/?#]+:\/\//.test(text)) throw invalid(`no scheme specified for ${quoted}: ${either}`)
  const url = URL.parse(text)
  if (!url) throw invalid(`${quoted} is not a valid URI`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(`unsupported scheme ${JSON.stringify(url.protocol.slice(0, -1))} in ${quoted}: ${either}`)
  }
  if (url.username || url.password) {
    url.username = 'xxxxx'
    url.password = 'xxxxx'
    throw invalid(`username/password not allowed in URI ${JSON.stringify(url.href)}`)
  }
  if (url.search || url.hash) throw invalid(`query or fragment at end of the URI ${quoted}`)
  url.pathname = url.pathname.replace(/\/*$/, '/')
  return url
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', `invalid mirror: ${state}`, {
    hint: 'A mirror looks like https://mirror.example.com or http://10.0.0.5:5000/path.',
  })
}
