import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import { getSystemErrorMessage } from 'node:util'
import {
  createRegistry,
  createRegistryHttpServer,
  type Registry,
  type RepositoryPolicy,
  type ServerCertificate,
  type StorageFailpoint,
} from '@berth/registry-server'
import { CodedError, messageOf, type Logger } from '@berth/stdx'
import { linuxKernel } from '@berth/syscalls'
import type { HubAccess, HubAccessOptions } from './access.ts'
import type { AccessSettings, TlsSettings } from './access-settings.ts'
import { startMaintenance } from './maintenance.ts'
import type { MirrorSettings } from './mirror-settings.ts'
import type { StoreSettings } from './store-settings.ts'
import { openStores } from './stores.ts'
import { TurnStore } from './turn-store.ts'

/** Requests that are still answered when asked to stop get this long. */
const drainMs = 30_000
const sweepIntervalMs = 50
const retryAfterSeconds = 10

export interface ServeOptions {
  listen: { host: string; port: number }
  dataDirectory: string
  stores: StoreSettings
  mirrors: MirrorSettings
  access: AccessSettings | undefined
  tls: TlsSettings | undefined
  policiesFile: string | undefined
  /** Of all processes that answer; this is one of `workers`, which get connections in turn. */
  clientConnections: number
  workers: number
  /** Whether this process collects garbage and scrubs; one of those on a store is enough. */
  isMaintaining: boolean
  failpoint: StorageFailpoint | undefined
  logger: Logger
}

/** A hub that answers; disposing it ends idle connections, lets running requests finish and closes the store. */
export interface ServingHub extends AsyncDisposable {
  /** `http://host:port`, or `https:` */
  readonly url: string
}

export async function serve(options: ServeOptions): Promise<ServingHub> {
  const { listen, logger } = options
  const isTls = options.tls !== undefined
  await using stack = new AsyncDisposableStack()
  const isMirror = options.mirrors.upstreams.length > 0
  // Loaded when they are wanted: a client of registries and its checks take memory.
  const mirrors = isMirror
    ? await (
        await import('./mirrors.ts')
      ).openMirrors(options.mirrors, {
        stack,
        logger,
        workers: options.workers,
      })
    : undefined
  const stores = await openStores(options, stack)
  const { database } = stores
  const access = options.access && (await openAccess(options.access, { database, isTls, logger }))
  const registry = stack.use(
    await createRegistry({
      ...stores,
      logger,
      ...(mirrors && { mirrors }),
      ...(access && { access: access.policy }),
      policies: await readPolicyFile(options.policiesFile),
      openFileSender: linuxKernel.openFileSender,
      failpoint: options.failpoint,
    }),
  )
  const server = createRegistryHttpServer(
    (request, response) => void answer({ registry, access }, request, response),
    options.tls && (await readCertificate(options.tls)),
    { perAddressMax: Math.ceil(options.clientConnections / options.workers) },
  )
  if (options.isMaintaining) {
    const turns = await TurnStore.open(database)
    stack.use(startMaintenance({ registry, turns, logger: logger.named('maintenance') }))
  }
  await startListening(server, listen)
  stack.defer(() => drain(server))
  const owned = stack.move()
  const url = urlOf(server.address() as AddressInfo, isTls)
  return { url, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function readPolicyFile(path: string | undefined): Promise<RepositoryPolicy[]> {
  return path === undefined ? [] : (await import('./policies.ts')).readPolicies(path)
}

async function openAccess(settings: AccessSettings, options: HubAccessOptions): Promise<HubAccess> {
  const { openHubAccess } = await import('./access.ts')
  return openHubAccess(settings, options)
}

async function readCertificate({ certificateFile, keyFile }: TlsSettings): Promise<ServerCertificate> {
  return { cert: await readFile(certificateFile), key: await readFile(keyFile) }
}

async function answer(
  { registry, access }: { registry: Registry; access: HubAccess | undefined },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url === '/healthz') return await answerHealth(registry, response)
  if (access?.isTokenRequest(request)) return await access.handleToken(request, response)
  await registry.handle(request, response)
}

async function answerHealth(registry: Registry, response: ServerResponse): Promise<void> {
  const isHealthy = await registry.checkHealth().then(
    () => true,
    () => false,
  )
  if (isHealthy) return void response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok\n')
  response.writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': retryAfterSeconds })
  response.end('unavailable\n')
}

async function startListening(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    server.listen(port, host === '' ? undefined : host)
    await once(server, 'listening')
  } catch (error) {
    throw new CodedError('unavailable', `Cannot listen on ${host}:${port}: ${reasonOf(error)}`, {
      cause: error,
      hint: 'Choose another address with --listen.',
    })
  }
}

function reasonOf(error: unknown): string {
  const { errno } = error as NodeJS.ErrnoException
  return errno === undefined ? messageOf(error) : getSystemErrorMessage(errno)
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
