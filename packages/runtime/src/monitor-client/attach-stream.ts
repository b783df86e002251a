import type { Socket } from 'node:net'
import { CodedError } from '@berth/stdx'
import type { AttachStream } from '../monitor-api.ts'
import { endOfInput, inputBlock } from '../monitor/input-blocks.ts'

/** The engine's side of an attach connection. */
export class SocketAttachStream implements AttachStream {
  readonly output: AsyncIterable<Uint8Array>
  readonly #socket: Socket
  #isInputEnded = false

  constructor(socket: Socket) {
    this.#socket = socket
    // Without a listener an error ends the program; who reads the output gets it from there.
    socket.on('error', () => undefined)
    this.output = { [Symbol.asyncIterator]: () => socket.iterator({ destroyOnReturn: false }) }
  }

  /** Resolves when the monitor has room for more. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#isInputEnded) throw new CodedError('failed-precondition', 'Cannot write input: it was ended')
    const blocks = inputBlock(chunk)
    if (blocks.length === 0 || !this.#socket.writable) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#socket.cork()
    for (const block of blocks.slice(0, -1)) this.#socket.write(block)
    // Input that the process will not read any more is lost, as it is in a pipe.
    this.#socket.write(blocks.at(-1) ?? '', () => resolve())
    this.#socket.uncork()
    await promise
  }

  endInput(): void {
    if (this.#isInputEnded) return
    this.#isInputEnded = true
    if (this.#socket.writable) this.#socket.write(endOfInput)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }
}
