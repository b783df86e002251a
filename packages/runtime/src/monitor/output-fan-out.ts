import type { Readable } from 'node:stream'

export type StreamName = 'stdout' | 'stderr'

export interface OutputChunk {
  stream: StreamName
  data: Uint8Array
  isTerminal: boolean
}

/** Takes what a process writes: the log, or an attached client. */
export interface OutputSink {
  /** False when the sink holds as much as it may: nothing more comes until it calls `onReady` of `OutputFanOut.add`. */
  write(chunk: OutputChunk): boolean
  /** No chunk follows. */
  end(): void
}

/**
 * Hands the output of one process to its log and its clients. A full sink holds up the process, as a full pipe would, and
 * no byte is dropped. With no sink at all output is read and forgotten.
 */
export class OutputFanOut {
  readonly #sinks = new Set<OutputSink>()
  readonly #full = new Set<OutputSink>()
  readonly #sources = new Set<Readable>()
  readonly #ended = Promise.withResolvers<void>()
  #isEnded = false
  #lastChunkAt = 0

  /** Resolves when every source has ended, or `end` was called. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  get hasSinks(): boolean {
    return this.#sinks.size > 0
  }

  /** Time without output, in ms of the monotonic clock; 0 while a full sink holds the output up. */
  get quietMs(): number {
    return this.#full.size > 0 ? 0 : performance.now() - this.#lastChunkAt
  }

  /** Returns the function the sink calls once it can take more. */
  add(sink: OutputSink): () => void {
    if (this.#isEnded) sink.end()
    else this.#sinks.add(sink)
    return () => this.#unblock(sink)
  }

  remove(sink: OutputSink): void {
    this.#sinks.delete(sink)
    this.#unblock(sink)
  }

  /** Reads from `sources` until all have ended; call it once. */
  open(sources: readonly [StreamName, Readable][], isTerminal: boolean): void {
    for (const [stream, source] of sources) this.#read(source, { stream, isTerminal })
    if (sources.length === 0) this.end()
  }

  /** Stops reading and ends every sink. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    for (const source of this.#sources) source.destroy()
    for (const sink of this.#sinks) sink.end()
    this.#sources.clear()
    this.#sinks.clear()
    this.#full.clear()
    this.#ended.resolve()
  }

  #read(source: Readable, origin: Omit<OutputChunk, 'data'>): void {
    this.#sources.add(source)
    source.on('data', (data: Uint8Array) => this.#distribute({ ...origin, data }))
    // A terminal ends with EIO once the last process has closed its side.
    source.on('error', () => source.destroy())
    source.on('close', () => {
      this.#sources.delete(source)
      if (this.#sources.size === 0) this.end()
    })
  }

  #distribute(chunk: OutputChunk): void {
    this.#lastChunkAt = performance.now()
    for (const sink of this.#sinks) if (!sink.write(chunk)) this.#full.add(sink)
    if (this.#full.size > 0) for (const source of this.#sources) source.pause()
  }

  #unblock(sink: OutputSink): void {
    if (!this.#full.delete(sink) || this.#full.size > 0) return
    for (const source of this.#sources) source.resume()
  }
}
