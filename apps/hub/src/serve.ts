import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import {
  createRegistry,
  createRegistryHttpServer,
  setClientAddress,
  type Registry,
  type RegistryActivity,
  type RepositoryPolicy,
  type StorageFailpoint,
} from '@berth/registry-server'
import { CodedError, type Logger } from '@berth/stdx'
import { linuxKernel } from '@berth/syscalls'
import type { AccessSettings, TlsSettings } from './config/access-settings.ts'
import { ForwardedAddress } from './http/forwarded-address.ts'
import type { HubAccess } from './access/hub-access.ts'
import { startMaintenance } from './operation/maintenance.ts'
import { ownCounters, type OpenCounter } from './limits/window-counter.ts'
import type { MirrorSettings } from './config/mirror-settings.ts'
import type { HubMetrics } from './operation/hub-metrics.ts'
import { openHubAccess } from './access/open-hub-access.ts'
import { Origin } from './http/origin.ts'
import { readServerCertificate } from './config/server-certificate.ts'
import type { StoreSettings } from './config/store-settings.ts'
import { openStores } from './stores.ts'
import { systemReason } from './config/system-reason.ts'
import { TurnStore } from './operation/turn-store.ts'

/** Requests that are still answered when asked to stop get this long. */
const drainMs = 30_000
const sweepIntervalMs = 50
const retryAfterSeconds = 10

export interface ServeOptions {
  listen: { host: string; port: number }
  dataDirectory: string
  stores: StoreSettings
  mirrors: MirrorSettings
  access: AccessSettings
  /** Where clients reach the hub, when that is not what their requests say. */
  publicUrl: URL | undefined
  /** Networks of proxies that say truly for whom they ask, as `address/bits`. */
  trustedProxies: readonly string[]
  tls: TlsSettings | undefined
  policiesFile: string | undefined
  /** Of all processes that answer; this is one of `workers`, which get connections in turn. */
  clientConnections: number
  workers: number
  /** Whether this process collects garbage and scrubs; one of those on a store is enough. */
  isMaintaining: boolean
  /** Counts what limits are about for all processes that answer (default: this one counts). */
  openCounter?: OpenCounter | undefined
  failpoint: StorageFailpoint | undefined
  /** Where requests are counted, if they are. */
  metrics: HubMetrics | undefined
  logger: Logger
}

/** A hub that answers; disposing it ends idle connections, lets running requests finish and closes the store. */
export interface ServingHub extends AsyncDisposable {
  /** `http://host:port`, or `https:` */
  readonly url: string
  /** What who runs the hub should know, in whole lines. */
  readonly notice: string | undefined
}

export async function serve(options: ServeOptions): Promise<ServingHub> {
  const { listen, dataDirectory, logger, publicUrl } = options
  const isTls = options.tls !== undefined
  await using stack = new AsyncDisposableStack()
  const isMirror = options.mirrors.upstreams.length > 0
  // Loaded when they are wanted: a client of registries and its checks take memory.
  const mirrors = isMirror
    ? await (
        await import('./mirrors/mirrors.ts')
      ).openMirrors(options.mirrors, {
        stack,
        logger,
        workers: options.workers,
      })
    : undefined
  const stores = await openStores(options, stack)
  const access = await openHubAccess(options.access, {
    dataDirectory,
    database: stores.database,
    findContents: () => registry.contents,
    mirroredNamespaces: options.mirrors.upstreams.map(({ name }) => name),
    origin: new Origin({ publicUrl, isTls }),
    openCounter: options.openCounter ?? ownCounters(),
    workers: options.workers,
    stack,
    logger,
  })
  const registry: Registry = stack.use(
    await createRegistry({
      ...stores,
      logger,
      ...(mirrors && { mirrors }),
      ...accessOptions(access, options.metrics),
      policies: await readPolicyFile(options.policiesFile),
      openFileSender: linuxKernel.openFileSender,
      failpoint: options.failpoint,
    }),
  )
  const forwarded = new ForwardedAddress(options.trustedProxies)
  const parts = { registry, access, forwarded, metrics: options.metrics }
  const server = createRegistryHttpServer(
    (request, response) => void answer(parts, request, response),
    options.tls && (await readServerCertificate(options.tls)),
    { perAddressMax: Math.ceil(options.clientConnections / options.workers) },
  )
  if (options.isMaintaining) {
    const turns = await TurnStore.open(stores.database)
    stack.use(startMaintenance({ registry, turns, logger: logger.named('maintenance') }))
    access.startWork?.()
  }
  await startListening(server, listen)
  stack.defer(() => drain(server))
  const notice = options.isMaintaining ? await access.findNotice?.() : undefined
  const owned = stack.move()
  const url = urlOf(server.address() as AddressInfo, isTls)
  return { url, notice, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function readPolicyFile(path: string | undefined): Promise<RepositoryPolicy[]> {
  return path === undefined ? [] : (await import('./config/policies.ts')).readPolicies(path)
}

function accessOptions({ policy, onActivity, meterPull }: HubAccess, metrics: HubMetrics | undefined) {
  return {
    access: policy,
    onActivity: (activity: RegistryActivity) => {
      metrics?.countActivity(activity)
      onActivity?.(activity)
    },
    ...(meterPull && { meterPull }),
  }
}

interface HubParts {
  registry: Registry
  access: HubAccess
  forwarded: ForwardedAddress
  metrics: HubMetrics | undefined
}

async function answer(
  { registry, access, forwarded, metrics }: HubParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const client = forwarded.find(request)
  if (client !== undefined) setClientAddress(request, client)
  metrics?.observe(request, response)
  if (request.url === '/healthz') return sendText(response, 200, 'ok\n')
  if (request.url === '/readyz') return await answerReadiness(registry, response)
  if (await access.handle(request, response)) return
  await registry.handle(request, response)
}

/** Ready is who reaches tables and bytes; one that does not is healthy, and would not be better after a restart. */
async function answerReadiness(registry: Registry, response: ServerResponse): Promise<void> {
  try {
    await registry.checkHealth()
    sendText(response, 200, 'ok\n')
  } catch {
    response.setHeader('Retry-After', retryAfterSeconds)
    sendText(response, 503, 'unavailable\n')
  }
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(text)
}

async function startListening(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    server.listen(port, host === '' ? undefined : host)
    await once(server, 'listening')
  } catch (error) {
    throw new CodedError('unavailable', `Cannot listen on ${host}:${port}: ${systemReason(error)}`, {
      cause: error,
      hint: 'Choose another address with --listen.',
    })
  }
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // What was busy just now stays connected once it is answered: clients keep connections for the next request.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepIntervalMs)
  const force = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}

function urlOf({ address, port }: AddressInfo, isTls: boolean): string {
  return `${isTls ? 'https' : 'http'}://${isIPv6(address) ? `[${address}]` : address}:${port}`
}
