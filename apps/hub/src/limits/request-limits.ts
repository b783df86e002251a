import type { ServerResponse } from 'node:http'
import type { Account } from '@berth/catalog'
import { networkOf, RegistryError } from '@berth/registry-server'
import { ownCounters, type Counter, type OpenCounter } from './window-counter.ts'

const windowMs = 60_000
const keysMax = 100_000

export interface RequestLimitsOptions {
  /** API requests in a minute from one address, and by one account. */
  perMinute: number
  openCounter?: OpenCounter
  now?: () => number
}

/** Limits requests of the API, and tells clients with Docker Hub's headers. */
export class RequestLimits {
  readonly #options: RequestLimitsOptions
  readonly #counter: Counter

  constructor(options: RequestLimitsOptions) {
    this.#options = options
    const { openCounter = ownCounters(options.now) } = options
    this.#counter = openCounter('requests', { windowMs, keysMax })
  }

  /** Throws TOO_MANY_REQUESTS. */
  admitAddress(address: string, response: ServerResponse): Promise<void> {
    return this.#admit(`address ${networkOf(address)}`, response)
  }

  /** The same for who has signed in, wherever they are. */
  async admitAccount(account: Account | undefined, response: ServerResponse): Promise<void> {
    if (account) await this.#admit(`account ${account.id}`, response)
  }

  async #admit(key: string, response: ServerResponse): Promise<void> {
    const { perMinute, now = Date.now } = this.#options
    const { used, resetAt } = await this.#counter.add(key, 1)
    response.setHeader('X-RateLimit-Limit', perMinute)
    response.setHeader('X-RateLimit-Remaining', Math.max(0, perMinute - used))
    response.setHeader('X-RateLimit-Reset', Math.ceil(resetAt / 1000))
    if (used > perMinute)
      throw new RegistryError('TOO_MANY_REQUESTS', {
        message: 'Too many requests: wait and try again.',
        retryAfterMs: resetAt - now(),
      })
  }
}
