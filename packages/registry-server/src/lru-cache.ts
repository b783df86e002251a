/** Remembers the values used last, up to `limitBytes` in all. For values that never change under their key. */
export class LruCache<K, V extends { length: number }> {
  readonly #limitBytes: number
  readonly #entries = new Map<K, V>()
  #sizeBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
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
    if (value.length > this.#limitBytes / 4) return
    this.delete(key)
    this.#entries.set(key, value)
    this.#sizeBytes += value.length
    for (const oldest of this.#entries.keys()) {
      if (this.#sizeBytes <= this.#limitBytes) break
      this.delete(oldest)
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    this.#sizeBytes -= value.length
  }
}
