import { CodedError, messageOf } from '@berth/stdx'
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { AttachedClient } from './attached-client.ts'
import { LineSplitter, readLine, sendLine } from './json-lines.ts'
import { protocolVersion } from './protocol.ts'
import type { Call, Hello, MethodName, MethodParams, MethodResult } from './protocol.ts'
import type { Supervisor } from './supervisor.ts'
import { toWireError } from './wire-error.ts'

export interface MonitorServerOptions {
  supervisor: Supervisor
  /** Ends the program once the reply is sent. */
  onShutdown: () => void
  report: (message: string) => void
}

type Methods = { [M in MethodName]: (params: MethodParams<M>) => Promise<MethodResult<M>> | MethodResult<M> }

/** Serves the monitor's socket (see protocol.ts). */
export class MonitorServer {
  readonly #options: MonitorServerOptions
  readonly #methods: Methods
  readonly #server: Server
  readonly #connections = new Set<Socket>()

  constructor(options: MonitorServerOptions) {
    this.#options = options
    this.#methods = createMethods(options)
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      this.#connections.add(socket)
      socket.on('close', () => this.#connections.delete(socket))
      void this.#serve(socket)
    })
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  async listen(path: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject).listen(path, resolve)
    await promise
  }

  async #serve(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy())
    try {
      const hello = JSON.parse(await readLine(socket)) as Hello
      if (hello.version !== protocolVersion) {
        throw new CodedError(
          'failed-precondition',
          `Cannot serve protocol ${hello.version}: this is ${protocolVersion}`,
        )
      }
      if (hello.connect === 'control') this.#control(socket)
      else this.#attach(socket, hello)
    } catch (error) {
      sendLine(socket, { error: toWireError(error) })
      socket.destroySoon()
    }
  }

  #attach(socket: Socket, { containerId, options }: Hello & { connect: 'attach' }): void {
    const { execId } = options
    const streams = this.#options.supervisor.findStreams({ containerId, execId })
    sendLine(socket, { ok: true })
    if (streams === undefined) return void socket.end()
    new AttachedClient(socket, streams, options).start()
  }

  #control(socket: Socket): void {
    sendLine(socket, { ok: true })
    const unsubscribe = this.#options.supervisor.exits.subscribe((exit) => sendLine(socket, { exit }))
    const lines = new LineSplitter()
    socket.on('close', unsubscribe)
    socket.on('end', () => socket.end())
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const line of lines.push(chunk)) void this.#answer(socket, JSON.parse(line) as Call)
      } catch (error) {
        this.#options.report(`Cannot understand the engine: ${messageOf(error)}`)
        socket.destroy()
      }
    })
    socket.resume()
  }

  async #answer(socket: Socket, { id, method, params }: Call): Promise<void> {
    try {
      const run = this.#methods[method] as ((params: unknown) => unknown) | undefined
      if (run === undefined) throw new CodedError('not-implemented', `Cannot call ${method}: no such method`)
      sendLine(socket, { id, result: await run(params) })
    } catch (error) {
      sendLine(socket, { id, error: toWireError(error) })
    }
  }
}

function createMethods({ supervisor, onShutdown }: MonitorServerOptions): Methods {
  const nothing = async (done: Promise<void>): Promise<null> => (await done, null)
  return {
    list: () => supervisor.list(),
    start: (params) => supervisor.start(params),
    exec: (params) => supervisor.exec(params),
    signal: (params) => nothing(supervisor.signal(params)),
    pause: (params) => nothing(supervisor.pause(params)),
    resume: (params) => nothing(supervisor.resume(params)),
    resize(params) {
      supervisor.resize(params)
      return null
    },
    delete: (params) => nothing(supervisor.delete(params)),
    shutdown() {
      if (supervisor.isRunningAny) {
        throw new CodedError('failed-precondition', 'Cannot shut the monitor down: containers are running')
      }
      setImmediate(onShutdown)
      return null
    },
  }
}
