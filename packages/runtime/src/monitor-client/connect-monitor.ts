import { CodedError, silentLogger, systemCode } from '@berth/stdx'
import type { Logger } from '@berth/stdx'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  AttachOptions,
  AttachStream,
  ContainerState,
  ExecRequest,
  ExitEvent,
  Monitor,
  ProcessState,
  StartRequest,
} from '../monitor-api.ts'
import { protocolVersion, socketName } from '../monitor/protocol.ts'
import type { Hello, MethodName, MethodParams, MethodResult } from '../monitor/protocol.ts'
import { SocketAttachStream } from './attach-stream.ts'
import { MonitorConnection, openConnection } from './monitor-connection.ts'
import { startMonitor } from './start-monitor.ts'

export interface ConnectMonitorOptions {
  /** Where the monitor keeps everything; made when missing, 0700. At most 90 bytes long. */
  runDirectory: string
  /** The module that calls `runMonitor`; started with this very Node. */
  entryPath: string
  logger?: Logger
}

const startTimeoutMs = 10_000
const pollMs = 5
const maxStarts = 4
const retryMs = 100
/** There is no monitor, or the one there ended before its welcome was read. */
const goneCodes: ReadonlySet<string> = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'unavailable',
])

/**
 * Connects to the monitor of a run directory, which is started when it does not run. When it dies it is started again
 * and connected to again, and calls wait for that; calls that were under way reject with `unavailable`. `closed` resolves
 * when that fails, and after `shutdown` or disposal. Disposing leaves the monitor and its containers as they are.
 */
export async function connectMonitor(options: ConnectMonitorOptions): Promise<Monitor> {
  const monitor = new ConnectedMonitor(options)
  await monitor.connect()
  return monitor
}

class ConnectedMonitor implements Monitor {
  readonly #options: ConnectMonitorOptions
  readonly #logger: Logger
  readonly #closed = Promise.withResolvers<void>()
  readonly #listeners = new Set<(exit: ExitEvent) => void>()
  /** Exits that came before anybody listened. */
  #unheard: ExitEvent[] = []
  #connection: Promise<MonitorConnection> | undefined
  #isClosed = false

  constructor(options: ConnectMonitorOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
  }

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  async connect(): Promise<void> {
    this.#connection = this.#open()
    await this.#connection
  }

  list(): Promise<ContainerState[]> {
    return this.#call('list', {})
  }

  start(request: StartRequest): Promise<ProcessState> {
    return this.#call('start', request)
  }

  exec(request: ExecRequest): Promise<ProcessState> {
    return this.#call('exec', request)
  }

  async signal(
    containerId: string,
    signal: number,
    options: { execId?: string; all?: boolean } = {},
  ): Promise<void> {
    await this.#call('signal', { containerId, signal, ...options })
  }

  async pause(containerId: string): Promise<void> {
    await this.#call('pause', { containerId })
  }

  async resume(containerId: string): Promise<void> {
    await this.#call('resume', { containerId })
  }

  async resize(
    containerId: string,
    size: { rows: number; columns: number },
    options: { execId?: string } = {},
  ): Promise<void> {
    await this.#call('resize', { containerId, ...size, ...options })
  }

  async attach(containerId: string, options: AttachOptions): Promise<AttachStream> {
    await this.#connected()
    return new SocketAttachStream(
      await this.#openSocket({ version: protocolVersion, connect: 'attach', containerId, options }),
    )
  }

  async delete(containerId: string): Promise<void> {
    await this.#call('delete', { containerId })
  }

  onExit(listener: (exit: ExitEvent) => void): void {
    this.#listeners.add(listener)
    const unheard = this.#unheard
    this.#unheard = []
    for (const exit of unheard) listener(exit)
  }

  async shutdown(): Promise<void> {
    await this.#call('shutdown', {})
    await this[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close()
    const connection = await this.#connection?.catch(() => undefined)
    connection?.close()
    await connection?.closed
  }

  async #call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>> {
    return (await this.#connected()).call(method, params)
  }

  async #connected(): Promise<MonitorConnection> {
    if (this.#isClosed || this.#connection === undefined) {
      throw new CodedError('unavailable', 'Cannot reach the monitor: the connection is closed')
    }
    return this.#connection
  }

  async #open(): Promise<MonitorConnection> {
    const socket = await this.#openOrStart({ version: protocolVersion, connect: 'control' })
    const connection = new MonitorConnection(socket, (exit) => this.#hear(exit))
    void connection.closed.then(() => this.#lost())
    return connection
  }

  #lost(): void {
    if (this.#isClosed) return
    this.#logger.warn('The monitor is gone; starting it again')
    this.#connection = this.#open()
    this.#connection.catch((error: unknown) => {
      this.#logger.error('The monitor cannot be started again', { error })
      this.#close()
    })
  }

  #hear(exit: ExitEvent): void {
    if (this.#listeners.size === 0) this.#unheard.push(exit)
    for (const listener of this.#listeners) listener(exit)
  }

  #close(): void {
    this.#isClosed = true
    this.#closed.resolve()
  }

  async #openOrStart(hello: Hello): Promise<Socket> {
    const running = await this.#findSocket(hello)
    if (running !== undefined) return running
    const deadline = performance.now() + startTimeoutMs
    for (let attempt = 1; attempt <= maxStarts; attempt++) {
      const program = startMonitor(this.#options)
      while (!program.hasEnded && performance.now() < deadline) {
        const socket = await this.#findSocket(hello)
        if (socket !== undefined) return socket
        await sleep(pollMs)
      }
      // Another monitor may hold the directory: one that is about to listen, or one that is about to end.
      await sleep(retryMs * attempt)
      const other = await this.#findSocket(hello)
      if (other !== undefined) return other
    }
    throw new CodedError('unavailable', `Cannot start the monitor in ${this.#options.runDirectory}`, {
      hint: `See ${this.#options.runDirectory}/monitor.log.`,
    })
  }

  async #findSocket(hello: Hello): Promise<Socket | undefined> {
    try {
      return await this.#openSocket(hello)
    } catch (error) {
      if (goneCodes.has(systemCode(error) ?? '')) return undefined
      throw error
    }
  }

  #openSocket(hello: Hello): Promise<Socket> {
    return openConnection(`${this.#options.runDirectory}/${socketName}`, hello)
  }
}
