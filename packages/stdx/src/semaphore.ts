/** At most `limit` actions at a time; the rest wait in order. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  /** Throws RangeError for a limit under which nothing would ever run. */
  constructor(limit: number) {
    if (!(limit >= 1)) throw new RangeError(`a semaphore's limit is at least 1, not ${limit}`)
    this.#free = limit
  }

  /**
   * Runs `action` when it is its turn; its turn ends when it settles, whether or not it fails. `onWait` is called when
   * others come first.
   */
  async run<T>(action: () => Promise<T>, onWait?: () => void): Promise<T> {
    using _ = await this.acquire(onWait)
    return await action()
  }

  /** Waits for a turn; disposing ends it, once, however often that is done. */
  async acquire(onWait?: () => void): Promise<Disposable> {
    if (this.#free > 0) this.#free--
    else await this.#wait(onWait)
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

  async #wait(onWait?: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    onWait?.()
    await promise
  }
}
