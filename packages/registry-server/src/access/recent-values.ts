export interface RecentValuesOptions {
  limit: number
  lifeMs: number
  now: () => number
}

/** Remembers so many values for so long. */
export class RecentValues<V> {
  readonly #options: RecentValuesOptions
  readonly #entries = new Map<string, { value: V; until: number }>()

  constructor(options: RecentValuesOptions) {
    this.#options = options
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (this.#options.now() < entry.until) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  /** Counts its life from now. */
  set(key: string, value: V): void {
    // A Map keeps the order of insertion: the first is the oldest.
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: this.#options.now() + this.#options.lifeMs })
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#options.limit && oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}
