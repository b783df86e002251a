import { CodedError, messageOf } from '@berth/stdx'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { ExitEvent } from '../monitor-api.ts'
import { LineSplitter, readLine, sendLine } from '../monitor/json-lines.ts'
import type {
  Hello,
  MethodName,
  MethodParams,
  MethodResult,
  Notice,
  Reply,
  Welcome,
} from '../monitor/protocol.ts'
import { fromWireError } from '../monitor/wire-error.ts'

/** Connects and says hello; the connection is returned after the monitor's welcome, paused. */
export async function openConnection(path: string, hello: Hello): Promise<Socket> {
  const socket = connect({ path, allowHalfOpen: true })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('connect', resolve).once('error', reject)
  try {
    await promise
    sendLine(socket, hello)
    const welcome = JSON.parse(await readLine(socket)) as Welcome
    if ('error' in welcome) throw fromWireError(welcome.error)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

interface Waiting {
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

/** The control connection to one monitor program. */
export class MonitorConnection {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #closed = Promise.withResolvers<void>()
  #lastId = 0

  constructor(socket: Socket, onExit: (exit: ExitEvent) => void) {
    this.#socket = socket
    const lines = new LineSplitter()
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.destroy())
    socket.on('close', () => this.#fail())
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const line of lines.push(chunk)) this.#take(JSON.parse(line) as Reply | Notice, onExit)
      } catch (error) {
        socket.destroy(new CodedError('internal', `Cannot understand the monitor: ${messageOf(error)}`))
      }
    })
    socket.resume()
  }

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  async call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>> {
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.set(id, { resolve, reject })
    if (!sendLine(this.#socket, { id, method, params })) this.#fail()
    return (await promise) as MethodResult<M>
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(message: Reply | Notice, onExit: (exit: ExitEvent) => void): void {
    if ('exit' in message) return onExit(message.exit)
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if ('error' in message) waiting?.reject(fromWireError(message.error))
    else waiting?.resolve(message.result)
  }

  #fail(): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new CodedError('unavailable', 'Cannot reach the monitor: the connection was lost'))
    }
    this.#waiting.clear()
    this.#closed.resolve()
  }
}
