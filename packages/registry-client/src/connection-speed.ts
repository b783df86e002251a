import { performance } from 'node:perf_hooks'

/** So much must be left that more connections are worth their making. */
const leftBytesMin = 32 * 1024 * 1024

/** Watches how fast one connection brings a blob. */
export class ConnectionSpeed {
  readonly #startBytes: number
  readonly #startMs = performance.now()
  readonly #patienceMs: number

  /** Slow is what would take twice `patienceMs`, as seen after that time. */
  constructor(startBytes: number, patienceMs: number) {
    this.#startBytes = startBytes
    this.#patienceMs = patienceMs
  }

  isSlow(position: number, size: number): boolean {
    const leftBytes = size - position
    const passedMs = performance.now() - this.#startMs
    if (leftBytes < leftBytesMin || passedMs < this.#patienceMs) return false
    const bytesPerMs = (position - this.#startBytes) / passedMs
    return leftBytes > bytesPerMs * 2 * this.#patienceMs
  }
}
