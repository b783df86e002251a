import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { openRegistryHost, type Credentials, type RegistryHostOptions } from '@berth/registry-client'
import type { MirrorNamespace, MirrorsOptions, RegistryOptions } from '@berth/registry-server'
import { listenOnLoopback, type ListeningServer } from '@berth/stdx/testsuite'
import { registryUpstream } from '../../../apps/hub/src/mirrors/registry-upstream.ts'
import { startHub, type TestHub } from '../../fixtures/hub.ts'
import { RegistryRequests } from '../../conformance/registry/registry-requests.ts'
import { serveRegistry, type ServedRegistry } from './served-registry.ts'

/** A mirror before a registry whose requests are seen and whose answers can be spoilt. */
export interface MirrorFixture extends AsyncDisposable {
  upstream: TestHub
  /** Speaks to the upstream itself. */
  there: RegistryRequests
  mirror: ServedRegistry
  /** Speaks to the mirror. */
  here: RegistryRequests
  /** Milliseconds since the epoch, as the mirror sees it. */
  clock: { now: number }
  /** What the mirror asked upstream for since the last call: `GET /v2/…`. */
  asked(): string[]
}

export interface MirrorFixtureOptions extends Partial<MirrorsOptions> {
  namespace?: Partial<MirrorNamespace>
  timeouts?: RegistryHostOptions['timeouts']
  registry?: Partial<RegistryOptions>
  credentials?: Credentials
  /** Mirrored besides. */
  more?: MirrorNamespace[]
  /** Default: that of `upstream`. */
  url?: string
}

/** Starts both; by default the mirror's own requests, those that name no registry, are for the upstream `up.test`. */
export async function startMirror(options: MirrorFixtureOptions = {}): Promise<MirrorFixture> {
  const { namespace = {}, timeouts = {}, registry = {}, more = [], credentials, url, ...mirrors } = options
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await startHub())
  const clock = { now: Date.now() }
  const host = stack.use(
    openRegistryHost({
      url: new URL(url ?? upstream.url),
      timeouts: { stallMs: 2_000, ...timeouts },
      ...(credentials && { credentials }),
    }),
  )
  const mirrored = { name: 'up.test', upstream: registryUpstream(host), ...namespace }
  const mirror = stack.use(
    await serveRegistry({
      now: () => clock.now,
      mirrors: { namespaces: [mirrored, ...more], fallback: mirrored.name, ...mirrors },
      ...registry,
    }),
  )
  let seen = 0
  const owned = stack.move()
  return {
    upstream,
    there: new RegistryRequests(upstream.url),
    mirror,
    here: new RegistryRequests(mirror.url),
    clock,
    asked() {
      const fresh = upstream.requests.slice(seen)
      seen = upstream.requests.length
      return fresh.map(({ method, path }) => `${method} ${path}`)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** A server that answers everything with one function. */
export function startServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ListeningServer> {
  return listenOnLoopback(createServer(answer))
}

export async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}
