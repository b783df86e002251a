import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { hostname } from 'node:os'
import type { Duplex } from 'node:stream'
import { CodedError, isCoded, messageOf, systemCode, type Logger } from '@berth/stdx'
import { checkHost } from '../middleware/host-check.ts'
import { ConnectionLedger } from './connection-ledger.ts'
import { handleRequest, type Incoming, type RequestHandlerOptions } from './handle-request.ts'
import { createHttpServer, type TlsFiles } from './http-server.ts'
import { formatListenAddress, type ListenAddress } from './listen-address.ts'
import { listenUnix, type SocketGroup } from './listen-unix.ts'
import { pingRoutes } from './ping.ts'
import type { Route } from './route.ts'
import { Router } from './router.ts'

/** Taken so because an `import` of node:http reads all of its exports, one of which loads undici: 40 ms and 7 MB. */
const http = process.getBuiltinModule('node:http')

export interface ServerOptions {
  /** Besides `/_ping`, which is always there. */
  routes: readonly Route[]
  logger: Logger
  /** Of the product. */
  version: string
  isExperimental?: boolean
}

export interface ListenOptions {
  /** Owner of unix sockets. */
  group: SocketGroup
  /** For TCP listeners. */
  tls?: TlsFiles
  /** Descriptors for `fd://`, see `inheritedSockets`. */
  inheritedFds?: readonly number[]
}

const graceMsDefault = 5_000
/** What the parser says of a client that left in the middle of what it sent. */
const bodyCutCode = 'HPE_INVALID_EOF_STATE'

/** Makes a server of the Engine API; it serves nothing before `listen`. */
export function createServer(options: ServerOptions): ApiServer {
  return new ApiServer(options)
}

/** The Engine API on any number of sockets. */
export class ApiServer implements AsyncDisposable {
  readonly #logger: Logger
  readonly #handling: RequestHandlerOptions
  readonly #ledger = new ConnectionLedger()
  readonly #servers: Server[] = []
  readonly #addresses: string[] = []

  constructor({ routes, logger, version, isExperimental = false }: ServerOptions) {
    this.#logger = logger
    this.#handling = {
      router: new Router([...pingRoutes, ...routes]),
      logger,
      info: { version, isExperimental },
    }
  }

  /** Where it is served, as `-H` takes it, with the port that the kernel chose where 0 was asked for. */
  get addresses(): readonly string[] {
    return this.#addresses
  }

  /** Starts to serve on all of `addresses`, or throws and serves on none. */
  async listen(addresses: readonly ListenAddress[], options: ListenOptions): Promise<void> {
    try {
      for (const address of addresses) {
        const taken = await this.#listenOn(address, options)
        this.#addresses.push(...taken.map(formatListenAddress))
      }
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

  async #listenOn(address: ListenAddress, options: ListenOptions): Promise<ListenAddress[]> {
    switch (address.kind) {
      case 'unix':
        await this.#listenUnix(address.path, options.group)
        return [address]
      case 'tcp':
        return [await this.#listenTcp(address, options.tls)]
      case 'fd':
        return await this.#listenFds(address.fd, options.inheritedFds ?? [])
      default:
        return address satisfies never
    }
  }

  async #listenUnix(path: string, group: SocketGroup): Promise<void> {
    const isShared = await listenUnix(await this.#open(admitAll), path, group)
    if (!isShared)
      this.#logger.warn('group not found: the socket is for root alone', { group: group.name, path })
  }

  async #listenTcp(
    address: ListenAddress & { kind: 'tcp' },
    tls: TlsFiles | undefined,
  ): Promise<ListenAddress> {
    const { host, port } = address
    if (!tls?.isVerified) warnOpen(this.#logger, formatListenAddress(address))
    const names = new Set([host.toLowerCase(), hostname().toLowerCase()])
    const server = await this.#open((request) => checkHost(request, names), tls)
    await listening(server, { host, port })
    return { ...address, port: (server.address() as AddressInfo).port }
  }

  async #listenFds(asked: number | undefined, inherited: readonly number[]): Promise<ListenAddress[]> {
    const fds = inherited.filter((fd) => asked === undefined || fd === asked)
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
      if (systemCode(error) === bodyCutCode) socket.destroy()
      else if (!this.#ledger.keepTypedAhead(socket, error.rawPacket)) refuseConnection(socket)
    })
    this.#servers.push(server)
    return server
  }

  #serve(incoming: Pick<Incoming, 'request' | 'response' | 'upgraded' | 'admit'>): void {
    const { close, ...entry } = this.#ledger.open(incoming.request.socket)
    void handleRequest({ ...incoming, ...entry }, this.#handling).finally(close)
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
  const response = new http.ServerResponse(request)
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
