/** One queue per key: state changes of one object never overlap, other objects are not held up. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<void>>()

  /** Runs `action` once every earlier action of the same key has settled. Not reentrant. */
  async run<T>(key: string, action: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const { promise: mine, resolve: release } = Promise.withResolvers<void>()
    const tail = before.then(() => mine)
    this.#tails.set(key, tail)
    await before
    try {
      return await action()
    } finally {
      release()
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }
}
