export interface Windows {
  windowMs: number
  /** Keys that are remembered; the oldest are forgotten first. */
  keysMax: number
}

/** What is known of a key after it was counted. */
export interface Count {
  /** In the key's window, this one included. */
  used: number
  /** When the window ends: milliseconds since the epoch. */
  resetAt: number
}

/** Counts what a limit is about. */
export interface Counter {
  /** Counts `weight` more, none for a mere question. */
  add(key: string, weight: number): Count | Promise<Count>
}

/** Opens the counter of a limit, which has a name of its own. */
export type OpenCounter = (name: string, windows: Windows) => Counter

/** Counts by key in windows that begin with the first of each. */
export class WindowCounter implements Counter {
  readonly #options: Windows & { now: () => number }
  readonly #counts = new Map<string, Count>()

  constructor(options: Windows & { now: () => number }) {
    this.#options = options
  }

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

/** For a hub that is one process. */
export function ownCounters(now: () => number = Date.now): OpenCounter {
  return (_, windows) => new WindowCounter({ ...windows, now })
}
