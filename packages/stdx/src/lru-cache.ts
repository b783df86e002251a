/**
 * Remembers the values used last, up to `limit` of their lengths in all: bytes, or entries. For values that never change
 * under their key.
 */
export class LruCache<K, V extends { length: number }> {
  readonly #limit: number
  readonly #entries = new Map<K, V>()
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    // A Map keeps the order of insertion: putting it in again makes it the newest.
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  set(key: K, value: V): void {
    // One value may not push out most of the others.
    if (value.length > this.#limit / 4) return
    this.delete(key)
    this.#entries.set(key, value)
    this.#size += value.length
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#limit) break
      this.delete(oldest)
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    this.#size -= value.length
  }
}
