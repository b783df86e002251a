interface Waiter {
  exclusive: boolean
  admit: () => void
}

/** Many shared holders or one exclusive one; first come, first served, so that neither side starves. Not reentrant. */
export class SharedLock {
  #sharedHolders = 0
  #exclusiveHeld = false
  readonly #waiting: Waiter[] = []

  async shared<T>(action: () => Promise<T>): Promise<T> {
    await this.#enter(false)
    try {
      return await action()
    } finally {
      this.#sharedHolders--
      this.#admit()
    }
  }

  async exclusive<T>(action: () => Promise<T>): Promise<T> {
    await this.#enter(true)
    try {
      return await action()
    } finally {
      this.#exclusiveHeld = false
      this.#admit()
    }
  }

  #enter(exclusive: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ exclusive, admit: resolve })
    this.#admit()
    return promise
  }

  #admit(): void {
    for (let first = this.#waiting[0]; first && this.#isFreeFor(first); first = this.#waiting[0]) {
      this.#waiting.shift()
      if (first.exclusive) this.#exclusiveHeld = true
      else this.#sharedHolders++
      first.admit()
    }
  }

  #isFreeFor(waiter: Waiter): boolean {
    return !this.#exclusiveHeld && (!waiter.exclusive || this.#sharedHolders === 0)
  }
}
