/** One queue per key: state changes of one object never overlap, other objects are not held up. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<void>>()

  /** Runs `action` once every earlier action of the same key has settled. Not reentrant. */
  async run<T>(key: string, action: () => Promise<T>): Promise<T> {
    using _turn = await this.acquire(key)
    return await action()
  }

  /** Resolves when it is one's turn, which lasts until it is disposed. */
  async acquire(key: string): Promise<Disposable> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const { promise: mine, resolve: release } = Promise.withResolvers<void>()
    const tail = before.then(() => mine)
    this.#tails.set(key, tail)
    await before
    return {
      [Symbol.dispose]: () => {
        release()
        if (this.#tails.get(key) === tail) this.#tails.delete(key)
      },
    }
  }
}
