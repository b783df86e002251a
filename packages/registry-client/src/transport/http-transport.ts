import type { IncomingMessage } from 'node:http'
import { Agents, keptConnectionsMax, type AgentsOptions } from './agents.ts'
import { exchange, StaleConnectionError } from './exchange.ts'
import type { HttpRequest } from './http-request.ts'
import type { Timeouts } from './timeouts.ts'

/** One request, one response: pooled connections, proxies and time limits; no redirects, no authentication, no retries. */
export class HttpTransport implements Disposable {
  readonly #timeouts: Timeouts
  readonly #agents: Agents

  constructor(timeouts: Timeouts, options: AgentsOptions) {
    this.#timeouts = timeouts
    this.#agents = new Agents(options)
  }

  /** Resolves when the header is there; the caller reads or destroys the body. */
  async send(request: HttpRequest): Promise<IncomingMessage> {
    request.signal?.throwIfAborted()
    const options = { agent: await this.#agents.of(request.url, request.tls), timeouts: this.#timeouts }
    for (let staleConnections = 0; ; staleConnections++) {
      try {
        return await exchange(request, options)
      } catch (error) {
        // A server that was started anew has closed all that were kept.
        if (!(error instanceof StaleConnectionError) || staleConnections === keptConnectionsMax) throw error
      }
    }
  }

  /** `host:port` of the proxy that a URL is asked through. */
  proxyHost(url: URL): string | undefined {
    return this.#agents.proxyHost(url)
  }

  [Symbol.dispose](): void {
    this.#agents[Symbol.dispose]()
  }
}
