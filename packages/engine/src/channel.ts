/**
 * A producer's values as an AsyncIterable. Values that nobody has read yet wait in memory; `limit` bounds them: the
 * oldest droppable value goes first, so a slow reader loses intermediate progress but no outcome.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #queue: T[] = []
  readonly #limit: number
  readonly #isDroppable: (value: T) => boolean
  #wake: (() => void) | undefined
  #ended = false
  #error: { reason: unknown } | undefined

  constructor(options: { limit: number; isDroppable: (value: T) => boolean }) {
    this.#limit = options.limit
    this.#isDroppable = options.isDroppable
  }

  push(value: T): void {
    if (this.#ended) return
    if (this.#queue.length >= this.#limit) {
      const index = this.#queue.findIndex(this.#isDroppable)
      if (index >= 0) this.#queue.splice(index, 1)
    }
    this.#queue.push(value)
    this.#wake?.()
  }

  /** Ends the sequence; with a reason, readers get it as an error after the values before it. */
  end(error?: { reason: unknown }): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#queue.length > 0) yield this.#queue.shift() as T
      if (this.#ended) break
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
    if (this.#error) throw this.#error.reason
  }
}
