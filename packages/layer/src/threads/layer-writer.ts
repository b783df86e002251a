import { CodedError, settleAll } from '@berth/stdx'
import type { WriteLayerOptions, WrittenLayer } from '../write-layer.ts'
import { LayerThread } from './layer-thread.ts'

export interface LayerWriterOptions {
  /** Layers at a time. Default 2. */
  threads?: number
  /** How long a thread without work stays. Default 10 s. */
  idleMs?: number
}

/** Writes layers off the main thread. Disposing ends the threads: layers under way fail with `cancelled`, those that wait with `unavailable`. */
export interface LayerWriter extends AsyncDisposable {
  /** Threads that exist now: none before the first layer and some time after the last. */
  readonly threads: number
  /** True when a source that still grows would get a thread at once: one thread is left to those that are whole. */
  readonly canFollow: boolean
  /** As `writeLayer`; waits its turn when all threads are busy. Once it settles, nothing writes into the directory any more. */
  write(options: WriteLayerOptions): Promise<WrittenLayer>
}

const threadsDefault = 2
const idleMsDefault = 10_000

/** Returns a writer whose threads are made when they are needed and end when they are idle. */
export const layerWriter = (options: LayerWriterOptions = {}): LayerWriter => new ThreadPool(options)

class ThreadPool implements LayerWriter {
  readonly #threadsMax: number
  readonly #idleMs: number
  readonly #all = new Set<LayerThread>()
  readonly #idle = new Map<LayerThread, NodeJS.Timeout>()
  readonly #waiting = new Set<() => void>()
  #following = 0
  #isDisposed = false

  constructor({ threads = threadsDefault, idleMs = idleMsDefault }: LayerWriterOptions) {
    this.#threadsMax = threads
    this.#idleMs = idleMs
  }

  get threads(): number {
    return this.#all.size
  }

  get canFollow(): boolean {
    const isFree = this.#idle.size > 0 || this.#all.size < this.#threadsMax
    return isFree && this.#waiting.size === 0 && this.#following < Math.max(1, this.#threadsMax - 1)
  }

  async write(options: WriteLayerOptions): Promise<WrittenLayer> {
    const weight = options.growth ? 1 : 0
    this.#following += weight
    try {
      const thread = await this.#acquire(options.signal)
      try {
        return await thread.write(options)
      } finally {
        this.#release(thread)
      }
    } finally {
      this.#following -= weight
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    for (const wake of this.#waiting) wake()
    const threads = [...this.#all]
    await settleAll(threads.map((thread) => () => this.#endThread(thread)))
  }

  async #acquire(signal: AbortSignal | undefined): Promise<LayerThread> {
    while (true) {
      if (signal?.aborted) {
        // It may have been woken for a thread before.
        this.#wakeNext()
        throw new CodedError('cancelled', 'Cannot write layer: cancelled', { cause: signal.reason })
      }
      if (this.#isDisposed) throw new CodedError('unavailable', 'Cannot write layer: the writer is closed')
      const [idle] = this.#idle.keys()
      if (idle) return this.#wake(idle)
      if (this.#all.size < this.#threadsMax) return this.#newThread()
      await this.#turn(signal)
    }
  }

  /** Settles when a thread is released, or the signal aborts. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    this.#waiting.add(wake)
    signal?.addEventListener('abort', wake)
    await promise
    signal?.removeEventListener('abort', wake)
    this.#waiting.delete(wake)
  }

  #newThread(): LayerThread {
    const thread = new LayerThread()
    this.#all.add(thread)
    return thread
  }

  #wake(thread: LayerThread): LayerThread {
    clearTimeout(this.#idle.get(thread))
    this.#idle.delete(thread)
    return thread
  }

  #release(thread: LayerThread): void {
    if (thread.isAlive)
      this.#idle.set(thread, setTimeout(() => void this.#endThread(thread), this.#idleMs).unref())
    else this.#all.delete(thread)
    this.#wakeNext()
  }

  /** Who is woken looks for itself whether a thread is free. */
  #wakeNext(): void {
    const [next] = this.#waiting
    if (next === undefined) return
    this.#waiting.delete(next)
    next()
  }

  async #endThread(thread: LayerThread): Promise<void> {
    this.#wake(thread)
    this.#all.delete(thread)
    await thread[Symbol.asyncDispose]()
  }
}
