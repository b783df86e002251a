import { performance } from 'node:perf_hooks'
import { CodedError } from '@berth/stdx'
import type { Reference } from '@berth/oci'
import type { Endpoint } from '../transport/endpoint.ts'
import { certificatesOf } from './certificates.ts'
import type { FoundHostsFile, HostDirectories } from './host-directories.ts'
import type { Capability, HostEntry } from './hosts-file.ts'
import type { InsecureHosts } from './insecure-hosts.ts'
import type { Timeouts } from '../transport/timeouts.ts'
import { usualTls } from '../transport/tls-settings.ts'

/** A mirror that failed. */
export interface DownMirror {
  /** Without a slash at the end. */
  url: string
  leftMs: number
}

const mirrorPrefix = 'mirror '

const dockerHub = { registry: 'docker.io', host: 'registry-1.docker.io' }

/** What can change while a client is open. */
export interface EndpointSettings {
  /** Of Docker Hub. */
  mirrors: readonly URL[]
  insecure: InsecureHosts
}

/** A registry by the name it has in references. */
interface KnownRegistry {
  registry: string
  file: FoundHostsFile | undefined
  server: HostEntry
}

/** Knows whom to ask for a repository, in which order, and which mirrors failed lately. */
export class Endpoints {
  settings: EndpointSettings
  readonly #directories: HostDirectories
  readonly #timeouts: Timeouts
  readonly #downUntilMs = new Map<string, number>()

  constructor(
    settings: EndpointSettings,
    { directories, timeouts }: { directories: HostDirectories; timeouts: Timeouts },
  ) {
    this.settings = settings
    this.#directories = directories
    this.#timeouts = timeouts
  }

  /**
   * Mirrors as configured, then the registry itself; mirrors that failed lately come last, never dropped. A hosts.toml for
   * the registry counts more than the mirrors of the settings.
   */
  async of({ registry }: Pick<Reference, 'registry'>, use: Capability): Promise<[Endpoint, ...Endpoint[]]> {
    const known = await this.#known(registry)
    const { file, server } = known
    const mirrors = file && file.hosts.length > 0 ? file.hosts : this.#settingsMirrors(registry)
    const others = mirrors.filter(({ url }) => url.href !== server.url.href)
    const able = [...others, server].filter(({ capabilities }) => capabilities.has(use))
    const [first, ...rest] = await Promise.all(able.map((entry) => this.#endpoint(entry, known)))
    if (!first)
      throw new CodedError(
        'failed-precondition',
        `Cannot ${use} from ${registry}: hosts.toml names no host that may`,
      )
    // What belongs together goes to one place.
    if (use === 'push') return [first]
    const endpoints = [first, ...rest]
    const up = endpoints.filter((endpoint) => !this.#isDown(endpoint))
    const down = endpoints.filter((endpoint) => this.#isDown(endpoint))
    return [...up, ...down] as [Endpoint, ...Endpoint[]]
  }

  /** The registry itself: for what mirrors have no part in. */
  async upstream(registry: string): Promise<Endpoint> {
    const known = await this.#known(registry)
    return await this.#endpoint(known.server, known)
  }

  /** Where a layer is that registries need not have, by the URLs of its descriptor; those that are not on TLS are left out, unless the registry itself need not be. */
  async foreign(registry: string, urls: readonly string[]): Promise<Endpoint[]> {
    const namedBy = await this.upstream(registry)
    return urls.slice(0, foreignUrlsMax).flatMap((text) => {
      const url = URL.parse(text)
      const isPlain = url?.protocol === 'http:' && namedBy.isInsecure
      if (!url || (url.protocol !== 'https:' && !isPlain)) return []
      url.username = ''
      url.password = ''
      return foreignEndpoint(url, namedBy)
    })
  }

  /** Remembers that a mirror did not work, so that the next operation does not wait for it again. */
  markDown(endpoint: Endpoint): void {
    if (!endpoint.isMirror) return
    this.#downUntilMs.set(endpoint.label, performance.now() + this.#timeouts.mirrorDownMs)
  }

  /** The mirrors that are asked last for now, with how long that stays so. */
  downMirrors(): DownMirror[] {
    const nowMs = performance.now()
    return [...this.#downUntilMs].flatMap(([label, untilMs]) =>
      untilMs > nowMs ? [{ url: label.slice(mirrorPrefix.length), leftMs: untilMs - nowMs }] : [],
    )
  }

  /** Mirrors as they are told here in place of those that are configured, then the registry itself. */
  async withMirrors(registry: string, mirrors: readonly URL[]): Promise<[...Endpoint[], Endpoint]> {
    const known = await this.#known(registry)
    const entries = mirrors.map((url) => entryOf(url, ['resolve', 'pull']))
    const endpoints = await Promise.all(entries.map((entry) => this.#endpoint(entry, known)))
    return [...endpoints, await this.#endpoint(known.server, known)]
  }

  async #known(registry: string): Promise<KnownRegistry> {
    const url = `https://${registry === dockerHub.registry ? dockerHub.host : registry}`
    const file = await this.#directories.findHostsFile(registry, url)
    return { registry, file, server: file?.server ?? entryOf(new URL(url), ['resolve', 'pull', 'push']) }
  }

  #isDown(endpoint: Endpoint): boolean {
    return performance.now() < (this.#downUntilMs.get(endpoint.label) ?? 0)
  }

  #settingsMirrors(registry: string): HostEntry[] {
    if (registry !== dockerHub.registry) return []
    return this.settings.mirrors.map((url) => entryOf(url, ['resolve', 'pull']))
  }

  async #endpoint(entry: HostEntry, { registry, file, server }: KnownRegistry): Promise<Endpoint> {
    const { url, isAnyCertificateAccepted, headers } = entry
    const path = url.pathname.replace(/\/+$/, '')
    const root = new URL(entry.isPathOverridden ? `${path}/` : `${path}/v2/`, url)
    const isMirror = url.host !== server.url.host
    const lying = await this.#directories.certificates(url.host)
    const named = await certificatesOf(entry, file?.directory ?? '')
    return {
      label: isMirror ? `${mirrorPrefix}${url.href.replace(/\/$/, '')}` : url.host,
      root,
      isMirror,
      namedBy: undefined,
      namespace: isMirror ? registry : undefined,
      isInsecure: url.protocol === 'http:' || (await this.settings.insecure.includes(url)),
      tls: {
        isAnyCertificateAccepted,
        ca: [...lying.ca, ...named.ca],
        clients: [...lying.clients, ...named.clients],
        unusable: lying.unusable,
      },
      headers,
      connectTimeoutMs: entry.dialTimeoutMs ?? this.#timeouts[isMirror ? 'mirrorConnectMs' : 'connectMs'],
      registry: isMirror ? url.host : registry,
    }
  }
}

/** More places of one layer are not tried. */
const foreignUrlsMax = 5

const foreignEndpoint = (url: URL, { root, connectTimeoutMs }: Endpoint): Endpoint => ({
  label: url.host,
  root: url,
  isMirror: false,
  namedBy: root,
  namespace: undefined,
  isInsecure: false,
  tls: usualTls,
  headers: {},
  connectTimeoutMs,
  registry: '',
})

const entryOf = (url: URL, capabilities: readonly Capability[]): HostEntry => ({
  url,
  capabilities: new Set(capabilities),
  isPathOverridden: false,
  caFiles: [],
  clientFiles: [],
  isAnyCertificateAccepted: false,
  headers: {},
  dialTimeoutMs: undefined,
})
