/** At most `limit` actions at a time; the rest wait in order. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  /** Throws RangeError for a limit under which nothing would ever run. */
  constructor(limit: number) {
    if (!(limit >= 1)) throw new RangeError(`a semaphore's limit is at least 1, not ${limit}`)
    this.#free = limit
  }

  /** Runs `action` when it is its turn; its turn ends when it settles, whether or not it fails. */
  async run<T>(action: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await action()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
