import { CodedError } from '@berth/stdx'

const versionIndex = 0
const stateIndex = 1
const growing = 0
const ended = 1
const abandoned = 2
/** Two 32-bit words for version and state, one of 64 bits for the size. */
const sharedBytes = 16

/**
 * How far a file has grown that somebody still writes, told over threads: one side says it, the other waits for more. Lives
 * in shared memory; `new SourceGrowth(growth.shared)` is the same growth on another thread.
 */
export class SourceGrowth {
  readonly shared: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #size: BigInt64Array

  constructor(shared = new SharedArrayBuffer(sharedBytes)) {
    this.shared = shared
    this.#words = new Int32Array(shared, 0, 2)
    this.#size = new BigInt64Array(shared, 8, 1)
  }

  /** The first `sizeBytes` of the file are there and will not change. */
  advance(sizeBytes: number): void {
    Atomics.store(this.#size, 0, BigInt(sizeBytes))
    this.#wake()
  }

  /** What was told last is all. */
  end(): void {
    this.#finish(ended)
  }

  /** The file will never be whole, or its bytes were void: whoever reads it fails with `unavailable`. */
  abandon(): void {
    this.#finish(abandoned)
  }

  /** Waits until there is more than `position` and returns how much there is; at the end no more than that. */
  async beyond(position: number, signal?: AbortSignal): Promise<number> {
    for (;;) {
      const version = Atomics.load(this.#words, versionIndex)
      const state = Atomics.load(this.#words, stateIndex)
      const size = Number(Atomics.load(this.#size, 0))
      signal?.throwIfAborted()
      if (state === abandoned)
        throw new CodedError('unavailable', 'Cannot write layer: its blob did not arrive')
      if (size > position || state === ended) return size
      await Atomics.waitAsync(this.#words, versionIndex, version, wakeMs).value
    }
  }

  #finish(state: number): void {
    Atomics.compareExchange(this.#words, stateIndex, growing, state)
    this.#wake()
  }

  #wake(): void {
    Atomics.add(this.#words, versionIndex, 1)
    Atomics.notify(this.#words, versionIndex)
  }
}

/** How often a reader that waits looks whether it was cancelled. */
const wakeMs = 100
