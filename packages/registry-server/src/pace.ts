import { setTimeout as sleep } from 'node:timers/promises'

/** Waits as needed to stay below a rate. */
export class Pace {
  readonly #bytesPerMs: number
  #freeAtMs = performance.now()

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  async spend(bytes: number, signal?: AbortSignal): Promise<void> {
    const now = performance.now()
    this.#freeAtMs = Math.max(this.#freeAtMs, now) + bytes / this.#bytesPerMs
    const waitMs = this.#freeAtMs - now
    if (waitMs > 1) await sleep(waitMs, undefined, signal && { signal })
  }
}
