const minuteMs = 60_000

/** So many requests in any minute, as a bucket that fills steadily: what was not asked for a while may come at once. */
export class RequestRate {
  readonly #perMinute: number
  readonly #now: () => number
  #tokens: number
  #filledAt: number

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute
    this.#now = now
    this.#tokens = perMinute
    this.#filledAt = now()
  }

  /** Milliseconds until it is the caller's turn, which it has taken if that is no more than `patienceMs`. */
  take(patienceMs: number): number {
    const now = this.#now()
    this.#tokens = Math.min(this.#perMinute, this.#tokens + (now - this.#filledAt) * this.#perMs)
    this.#filledAt = now
    const waitMs = Math.max(0, (1 - this.#tokens) / this.#perMs)
    if (waitMs <= patienceMs) this.#tokens--
    return waitMs
  }

  get #perMs(): number {
    return this.#perMinute / minuteMs
  }
}
