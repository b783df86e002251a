import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createRegistry,
  createRegistryHttpServer,
  type MirrorsOptions,
  type Registry,
  type RegistryActivity,
  type RepositoryPolicy,
  type StorageFailpoint,
} from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import { linuxKernel } from '@berth/syscalls'
import type { AccessSettings, TlsSettings } from './config/access-settings.ts'
import { answerRequest } from './http/answer-request.ts'
import { ForwardedAddress } from './http/forwarded-address.ts'
import { prepareDrain } from './http/drain.ts'
import { startListening, urlOf } from './http/listening.ts'
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
import { TurnStore } from './operation/turn-store.ts'

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
  const { dataDirectory, logger, publicUrl, workers } = options
  const isTls = options.tls !== undefined
  await using stack = new AsyncDisposableStack()
  const mirrors = await openMirrorsIfAny(options, stack)
  const stores = await openStores(options, stack)
  const access = await openHubAccess(options.access, {
    dataDirectory,
    database: stores.database,
    findContents: () => registry.contents,
    mirroredNamespaces: options.mirrors.upstreams.map(({ name }) => name),
    origin: new Origin({ publicUrl, isTls }),
    openCounter: options.openCounter ?? ownCounters(),
    workers,
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
  const server = await openServer(options, { registry, access })
  if (options.isMaintaining) {
    const turns = await TurnStore.open(stores.database)
    stack.use(startMaintenance({ registry, turns, logger: logger.named('maintenance') }))
    access.startWork?.()
  }
  const drain = prepareDrain(server, { isTls })
  await startListening(server, options.listen)
  stack.defer(drain)
  const notice = options.isMaintaining ? await access.findNotice?.() : undefined
  const owned = stack.move()
  const url = urlOf(server.address() as AddressInfo, isTls)
  return { url, notice, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Loaded when they are wanted: a client of registries and its checks take memory. */
async function openMirrorsIfAny(
  { mirrors, logger, workers }: ServeOptions,
  stack: AsyncDisposableStack,
): Promise<MirrorsOptions | undefined> {
  if (mirrors.upstreams.length === 0) return undefined
  const { openMirrors } = await import('./mirrors/mirrors.ts')
  return await openMirrors(mirrors, { stack, logger, workers })
}

/** A server that does not listen yet. */
async function openServer(
  { trustedProxies, metrics, tls, clientConnections, workers }: ServeOptions,
  answering: { registry: Registry; access: HubAccess },
): Promise<Server> {
  const parts = { ...answering, forwarded: new ForwardedAddress(trustedProxies), metrics }
  return createRegistryHttpServer(
    (request, response) => void answerRequest(parts, request, response),
    tls && (await readServerCertificate(tls)),
    { perAddressMax: Math.ceil(clientConnections / workers) },
  )
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
