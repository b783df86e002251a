import type { Readable } from 'node:stream'
import { releaseMemory } from '@berth/stdx'

/** What is gathered while the piece before is in use; then the sender has to wait. */
const gatheredBytesMax = 256 * 1024

/**
 * The bytes of a stream, in pieces of all that came since the piece before was asked for: a fast sender's are large, so that
 * who writes and hashes them does so seldom. What came before a stream fails is given before the error is thrown.
 */
export async function* gatherPieces(stream: Readable): AsyncGenerator<Buffer> {
  const gatherer = new Gatherer(stream)
  while (await gatherer.isThereMore()) yield gatherer.take()
}

class Gatherer {
  readonly #stream: Readable
  #chunks: Buffer[] = []
  #gatheredBytes = 0
  #end: { error?: Error } | undefined
  #wake: (() => void) | undefined

  constructor(stream: Readable) {
    this.#stream = stream
    stream.on('error', (error) => this.#finish({ error }))
    stream.on('end', () => this.#finish({}))
    stream.on('close', () => this.#finish({}))
    stream.on('data', (chunk: Buffer) => this.#add(chunk))
    // One that was cut before anybody read it has told so already.
    if (stream.destroyed) this.#finish(stream.errored ? { error: stream.errored } : {})
  }

  /** Waits for bytes or the end; throws the stream's error once all that came before was taken. */
  async isThereMore(): Promise<boolean> {
    if (this.#gatheredBytes === 0 && !this.#end) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    if (this.#gatheredBytes > 0) return true
    if (this.#end?.error) throw this.#end.error
    return false
  }

  take(): Buffer {
    const chunks = this.#chunks
    this.#chunks = []
    this.#gatheredBytes = 0
    this.#stream.resume()
    const [first = Buffer.alloc(0)] = chunks
    if (chunks.length <= 1) return first
    const piece = Buffer.concat(chunks)
    chunks.forEach(releaseMemory)
    return piece
  }

  #add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#gatheredBytes += chunk.length
    if (this.#gatheredBytes >= gatheredBytesMax) this.#stream.pause()
    this.#wakeReader()
  }

  #finish(end: { error?: Error }): void {
    this.#end ??= end
    this.#wakeReader()
  }

  /** After what else is there to be read now. */
  #wakeReader(): void {
    if (this.#wake) setImmediate(this.#wake)
    this.#wake = undefined
  }
}
