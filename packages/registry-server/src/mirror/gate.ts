import { Semaphore } from '@berth/stdx'
import { UpstreamError } from './upstream.ts'

const pauseMsMax = 5 * 60 * 1000

/** Lets so many requests at a time through to an upstream, and none while it has asked to be left alone. */
export class Gate {
  readonly #blobs: Semaphore
  readonly #others: Semaphore
  readonly #now: () => number
  #closedUntil = 0

  constructor(concurrency: number, now: () => number) {
    this.#blobs = new Semaphore(concurrency)
    this.#others = new Semaphore(concurrency)
    this.#now = now
  }

  /** A short request. */
  ask<T>(action: () => Promise<T>): Promise<T> {
    return this.#others.run(() => this.#pass(action))
  }

  /** A whole download: these must not keep the short ones waiting. */
  download<T>(action: () => Promise<T>): Promise<T> {
    return this.#blobs.run(() => this.#pass(action))
  }

  async #pass<T>(action: () => Promise<T>): Promise<T> {
    const waitMs = this.#closedUntil - this.#now()
    if (waitMs > 0)
      throw new UpstreamError('rate-limited', 'upstream asked to wait', { retryAfterMs: waitMs })
    try {
      return await action()
    } catch (error) {
      if (error instanceof UpstreamError && error.kind === 'rate-limited' && error.retryAfterMs !== undefined)
        this.#closedUntil = this.#now() + Math.min(error.retryAfterMs, pauseMsMax)
      throw error
    }
  }
}
