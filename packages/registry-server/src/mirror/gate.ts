import { setTimeout as sleep } from 'node:timers/promises'
import { Semaphore } from '@berth/stdx'
import { Pace } from '../pace.ts'
import { RequestRate } from './request-rate.ts'
import { UpstreamError } from './upstream.ts'

const concurrencyDefault = 16
const pauseMsMax = 5 * 60 * 1000
/** Clients wait so long for a request's turn; longer is an answer of its own, and there may be a copy of before. */
const turnMsMax = 10_000

/** What one upstream is asked for at most. */
export interface UpstreamLimits {
  /** Blobs, and other requests, under way at once (default 16 of each). */
  concurrency?: number | undefined
  /** Default: any number. */
  requestsPerMinute?: number | undefined
  /** Of blobs. Default: as fast as they come. */
  bytesPerSecond?: number | undefined
}

/** Lets requests through to an upstream as its limits say, and none while it has asked to be left alone. */
export class Gate {
  readonly #blobs: Semaphore
  readonly #others: Semaphore
  readonly #rate: RequestRate | undefined
  readonly #pace: Pace | undefined
  readonly #now: () => number
  #closedUntil = 0

  constructor(limits: UpstreamLimits, now: () => number) {
    const { concurrency = concurrencyDefault, requestsPerMinute, bytesPerSecond } = limits
    this.#blobs = new Semaphore(concurrency)
    this.#others = new Semaphore(concurrency)
    this.#rate = requestsPerMinute === undefined ? undefined : new RequestRate(requestsPerMinute, now)
    this.#pace = bytesPerSecond === undefined ? undefined : new Pace(bytesPerSecond)
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

  /** Waits until so many bytes may have come. */
  async spend(bytes: number, signal: AbortSignal): Promise<void> {
    await this.#pace?.spend(bytes, signal)
  }

  async #pass<T>(action: () => Promise<T>): Promise<T> {
    const waitMs = this.#closedUntil - this.#now()
    if (waitMs > 0)
      throw new UpstreamError('rate-limited', 'upstream asked to wait', { retryAfterMs: waitMs })
    await this.#takeTurn()
    try {
      return await action()
    } catch (error) {
      if (error instanceof UpstreamError && error.kind === 'rate-limited' && error.retryAfterMs !== undefined)
        this.#closedUntil = this.#now() + Math.min(error.retryAfterMs, pauseMsMax)
      throw error
    }
  }

  async #takeTurn(): Promise<void> {
    const waitMs = this.#rate?.take(turnMsMax) ?? 0
    if (waitMs > turnMsMax)
      throw new UpstreamError('rate-limited', 'this mirror has asked upstream as often as it may', {
        retryAfterMs: waitMs,
      })
    if (waitMs > 0) await sleep(waitMs)
  }
}
