export interface CounterOptions {
  windowMs: number
  /** Keys that are remembered; the oldest are forgotten first. */
  keysMax: number
  now: () => number
}

/** What is known of a key after it was counted. */
export interface Count {
  /** In the key's window, this one included. */
  used: number
  /** When the window ends: milliseconds since the epoch. */
  resetAt: number
}

/** Counts by key in windows that begin with the first of each. */
export class WindowCounter {
  readonly #options: CounterOptions
  readonly #counts = new Map<string, Count>()

  constructor(options: CounterOptions) {
    this.#options = options
  }

  /** Counts `weight` more, none for a mere question. */
  add(key: string, weight: number): Count {
    const { windowMs, keysMax, now } = this.#options
    const known = this.#counts.get(key)
    const isRunning = known !== undefined && now() < known.resetAt
    const count = isRunning
      ? { used: known.used + weight, resetAt: known.resetAt }
      : { used: weight, resetAt: now() + windowMs }
    if (weight === 0) return count
    // A Map keeps the order of insertion: the first was begun first.
    if (!isRunning) this.#counts.delete(key)
    this.#counts.set(key, count)
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > keysMax && oldest !== undefined) this.#counts.delete(oldest)
    return count
  }
}
