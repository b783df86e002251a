import { ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { hostname } from 'node:os'
import type { Duplex } from 'node:stream'
import { CodedError, isCoded, messageOf, type Logger } from '@berth/stdx'
import type { ServerInfo } from '../middleware/api-version.ts'
import { checkHost } from '../middleware/host-check.ts'
import { ConnectionLedger } from './connection-ledger.ts'
import { handleRequest, type Incoming } from './handle-request.ts'
import { createHttpServer, type TlsFiles } from './http-server.ts'
import { formatListenAddress, type ListenAddress } from './listen-address.ts'
import { listenUnix, type SocketGroup } from './listen-unix.ts'
import { pingRoutes } from './ping.ts'
import type { Route } from './route.ts'
import { Router } from './router.ts'

export interface ApiServerOptions {
  /** Besides `/_ping`, which is always there. */
  routes: readonly Route[]
  info: ServerInfo
  logger: Logger
  /** Owner of unix sockets. */
  group: SocketGroup
  /** For TCP listeners. */
  tls?: TlsFiles | undefined
  /** Descriptors for `fd://`, see `inheritedSockets`. */
  inheritedFds?: readonly number[]
}

const graceMsDefault = 5_000

/** The Engine API on any number of sockets. */
export class ApiServer implements AsyncDisposable {
  readonly #options: ApiServerOptions
  readonly #router: Router
  readonly #ledger = new ConnectionLedger()
  readonly #servers: Server[] = []

  constructor(options: ApiServerOptions) {
    this.#options = options
    this.#router = new Router([...pingRoutes, ...options.routes])
  }

  /** Starts to serve on all of `addresses`, or throws and serves on none. Gives them back with the port that was taken. */
  async listen(addresses: readonly ListenAddress[]): Promise<ListenAddress[]> {
    try {
      const taken: ListenAddress[] = []
      for (const address of addresses) taken.push(...(await this.#listenOn(address)))
      for (const address of taken) this.#options.logger.info(`API listen on ${formatListenAddress(address)}`)
      return taken
    } catch (error) {
      await this.close({ graceMs: 0 })
      throw isCoded(error)
        ? error
        : new CodedError('unavailable', `Cannot listen: ${messageOf(error)}`, { cause: error })
    }
  }

  /** Takes no more requests, ends what has no end of its own, and waits for the rest at most `graceMs`; default 5 s. */
  async close({ graceMs = graceMsDefault } = {}): Promise<void> {
    const closed = this.#servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))
    await this.#ledger.drain(graceMs)
    await Promise.all(closed)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #listenOn(address: ListenAddress): Promise<ListenAddress[]> {
    switch (address.kind) {
      case 'unix':
        await this.#listenUnix(address.path)
        return [address]
      case 'tcp':
        return [await this.#listenTcp(address)]
      case 'fd':
        return await this.#listenFds(address.fd)
      default:
        return address satisfies never
    }
  }

  async #listenUnix(path: string): Promise<void> {
    const { group, logger } = this.#options
    const isShared = await listenUnix(await this.#open(admitAll), path, group)
    if (!isShared) logger.warn('group not found: the socket is for root alone', { group: group.name, path })
  }

  async #listenTcp(address: ListenAddress & { kind: 'tcp' }): Promise<ListenAddress> {
    const { host, port } = address
    const { tls, logger } = this.#options
    if (!tls?.isVerified) warnOpen(logger, formatListenAddress(address))
    const names = new Set([host.toLowerCase(), hostname().toLowerCase()])
    const server = await this.#open((request) => checkHost(request, names), tls)
    await listening(server, { host, port })
    return { ...address, port: (server.address() as AddressInfo).port }
  }

  async #listenFds(asked: number | undefined): Promise<ListenAddress[]> {
    const fds = (this.#options.inheritedFds ?? []).filter((fd) => asked === undefined || fd === asked)
    if (fds.length === 0) {
      throw new CodedError(
        'failed-precondition',
        'no sockets found via socket activation: make sure the service was started by systemd',
      )
    }
    for (const fd of fds) await listening(await this.#open(admitAll), { fd })
    return fds.map((fd) => ({ kind: 'fd', fd }))
  }

  async #open(admit: Incoming['admit'], tls?: TlsFiles): Promise<Server> {
    const server = await createHttpServer((request, response) => {
      this.#serve({ request, response, upgraded: undefined, admit })
    }, tls)
    server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      this.#serve({
        request,
        response: upgradeResponse(request, connection, head),
        upgraded: connection,
        admit,
      })
    })
    server.on('clientError', (error: Error & { rawPacket?: Buffer }, socket: Socket) => {
      if (!this.#ledger.keepTypedAhead(socket, error.rawPacket)) refuseConnection(socket)
    })
    this.#servers.push(server)
    return server
  }

  #serve(incoming: Pick<Incoming, 'request' | 'response' | 'upgraded' | 'admit'>): void {
    const { close, ...entry } = this.#ledger.open(incoming.response, incoming.upgraded)
    const { info, logger } = this.#options
    void handleRequest({ ...incoming, ...entry }, { router: this.#router, info, logger }).finally(close)
  }
}

/** A unix socket is protected by its mode; what systemd passes on, by whoever configured it. */
const admitAll = (): void => {}

function warnOpen(logger: Logger, address: string): void {
  logger.warn(
    `API is accessible on ${address} without client certificates: who can reach it has root on this machine. Use --tlsverify, or ssh to the unix socket`,
  )
}

/** Gives a connection that asked to upgrade the means to answer like any other, for errors before it is taken over. */
function upgradeResponse(request: IncomingMessage, connection: Duplex, head: Buffer): ServerResponse {
  if (head.length > 0) connection.unshift(head)
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(connection as Socket)
  response.once('finish', () => connection.end())
  return response
}

function refuseConnection(socket: Socket): void {
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  else socket.destroy()
}

function listening(server: Server, where: { host: string; port: number } | { fd: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(where, () => {
    server.off('error', reject)
    resolve()
  })
  return promise
}
