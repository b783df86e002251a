import { createHash } from 'node:crypto'
import type { Agent } from 'node:http'
import { proxyFor, type ProxySettings } from './proxy.ts'
import { RecentMap } from './recent-map.ts'
import type { TlsSettings } from './tls-settings.ts'

export interface AgentsOptions {
  proxy: ProxySettings
  /** PEM files trusted for every host. */
  caFiles: readonly string[]
}

/** Taken so because an `import` of node:http reads all of its exports, one of which loads undici: 40 ms and 7 MB. */
const http = process.getBuiltinModule('node:http')

/** Without a request, for one host. */
export const keptConnectionsMax = 8
const agentOptions = { keepAlive: true, maxFreeSockets: keptConnectionsMax, timeout: 60_000 }
/** Hosts with settings of their own whose connections are kept at a time. */
const kindsMax = 100

/** Pools of connections: one for each way of meeting a host. */
export class Agents implements Disposable {
  readonly #options: AgentsOptions
  readonly #agents = new RecentMap<string, Promise<Agent>>(kindsMax)

  constructor(options: AgentsOptions) {
    this.#options = options
  }

  of(url: URL, tls: TlsSettings): Promise<Agent> {
    const proxy = proxyFor(url, this.#options.proxy)
    const isTls = url.protocol === 'https:'
    const key = JSON.stringify([proxy, isTls ? fingerprint(tls) : ''])
    const known = this.#agents.get(key)
    if (known) return known
    const options = { ...agentOptions, ...(proxy === undefined ? {} : { proxyEnv: proxyEnv(proxy) }) }
    const agent = isTls ? this.#tlsAgent(tls, options) : Promise.resolve(new http.Agent(options))
    this.#agents.set(key, agent)
    // A file that could not be read may be there the next time.
    agent.catch(() => this.#agents.delete(key))
    return agent
  }

  /** `host:port` of the proxy that a URL is asked through. */
  proxyHost(url: URL): string | undefined {
    const proxy = proxyFor(url, this.#options.proxy)
    // Without a name and password that may stand in it.
    return proxy === undefined ? undefined : (URL.parse(proxy)?.host ?? 'that is set')
  }

  async #tlsAgent(tls: TlsSettings, options: object): Promise<Agent> {
    const { Agent } = process.getBuiltinModule('node:https')
    const own = { cert: tls.clients.map(({ cert }) => cert), key: tls.clients.map(({ key }) => key) }
    const trust = tls.isAnyCertificateAccepted
      ? { rejectUnauthorized: false }
      : { ca: [...(await trustedCertificates(this.#options.caFiles)), ...tls.ca] }
    return new Agent({ ...options, ...trust, ...(tls.clients.length > 0 ? own : {}) })
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) {
      agent.then(
        (it) => it.destroy(),
        () => {},
      )
    }
  }
}

/** Who goes through it is decided by `proxyFor`, so the agent is told of no exceptions. */
const proxyEnv = (proxy: string) => ({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '' })

/** Keeps no key as part of a key. */
const fingerprint = (tls: TlsSettings): string =>
  createHash('sha256').update(JSON.stringify(tls)).digest('base64')

/** Node's own list alone would not know the certificates that an administrator installed on the machine. */
async function trustedCertificates(files: readonly string[]): Promise<string[]> {
  const [{ getCACertificates }, { readFile }] = await Promise.all([
    import('node:tls'),
    import('node:fs/promises'),
  ])
  const own = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...own])]
}
