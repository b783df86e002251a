import type { Socket } from 'node:net'
import type { AttachOptions } from '../monitor-api.ts'
import { InputBlocks } from './input-blocks.ts'
import type { OutputChunk, OutputSink, StreamName } from './output-fan-out.ts'
import type { ProcessStreams } from './process-streams.ts'

/** What may wait for one client; then it holds up the process. */
const maxUnsentBytes = 1 << 20

/** The first byte of a frame in Docker's raw stream. */
const streamNumbers = { stdout: 1, stderr: 2 } as const satisfies Record<StreamName, number>

/** The 8-byte header of a frame in Docker's raw stream. */
export function frameHeader(stream: StreamName, sizeBytes: number): Buffer {
  const header = Buffer.alloc(8)
  header[0] = streamNumbers[stream]
  header.writeUInt32BE(sizeBytes, 4)
  return header
}

/** One connection to the streams of one process. */
export class AttachedClient implements OutputSink {
  readonly #socket: Socket
  readonly #streams: ProcessStreams
  readonly #options: AttachOptions

  constructor(socket: Socket, streams: ProcessStreams, options: AttachOptions) {
    this.#socket = socket
    this.#streams = streams
    this.#options = options
  }

  /** Passes output and input on until the client leaves. */
  start(): void {
    const onReady = this.#streams.output.add(this)
    this.#socket.on('drain', onReady)
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => this.#streams.leave(this, this.#options))
    const blocks = new InputBlocks()
    this.#socket.on('data', (chunk: Buffer) => this.#take(blocks, chunk))
    // The client's side ends when it leaves; ending the input is said by a block.
    this.#socket.on('end', () => this.#socket.destroySoon())
  }

  write({ stream, data, isTerminal }: OutputChunk): boolean {
    if (!this.#options[stream] || !this.#socket.writable) return true
    this.#socket.cork()
    if (!isTerminal) this.#socket.write(frameHeader(stream, data.length))
    this.#socket.write(data)
    this.#socket.uncork()
    return this.#socket.writableLength < maxUnsentBytes
  }

  end(): void {
    this.#socket.end()
  }

  #take(blocks: InputBlocks, chunk: Buffer): void {
    const { data, isEnd } = blocks.push(chunk)
    if (!this.#options.stdin) return
    const { input } = this.#streams
    const isReady = data.every((part) => input.write(part))
    if (isEnd) input.end()
    if (isReady) return
    this.#socket.pause()
    input.onceReady(() => this.#socket.resume())
  }
}
