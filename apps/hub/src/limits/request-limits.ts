import type { ServerResponse } from 'node:http'
import type { Account } from '@berth/catalog'
import { networkOf, RegistryError } from '@berth/registry-server'
import { WindowCounter, type Count } from './window-counter.ts'

const windowMs = 60_000
const keysMax = 100_000

export interface RequestLimitsOptions {
  /** API requests in a minute from one address, and by one account. */
  perMinute: number
  now?: () => number
}

/** Limits requests of the API, and tells clients with Docker Hub's headers. Each process counts for itself. */
export class RequestLimits {
  readonly #options: RequestLimitsOptions
  readonly #counter: WindowCounter

  constructor(options: RequestLimitsOptions) {
    this.#options = options
    this.#counter = new WindowCounter({ windowMs, keysMax, now: options.now ?? Date.now })
  }

  /** Throws TOO_MANY_REQUESTS. */
  admitAddress(address: string, response: ServerResponse): void {
    this.#admit(`address ${networkOf(address)}`, response)
  }

  /** The same for who has signed in, wherever they are. */
  admitAccount(account: Account | undefined, response: ServerResponse): void {
    if (account) this.#admit(`account ${account.id}`, response)
  }

  #admit(key: string, response: ServerResponse): void {
    const { perMinute, now = Date.now } = this.#options
    const { used, resetAt }: Count = this.#counter.add(key, 1)
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
