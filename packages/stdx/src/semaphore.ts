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
    using _ = await this.acquire()
    return await action()
  }

  /** Waits for a turn; disposing ends it, once, however often that is done. */
  async acquire(): Promise<Disposable> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    let isHeld = true
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return
        isHeld = false
        const next = this.#waiting.shift()
        if (next) next()
        else this.#free++
      },
    }
  }
}
