import { networkOf, RegistryError, type MeteredPull, type PullMeter } from '@berth/registry-server'
import { ownCounters, type OpenCounter } from './window-counter.ts'

/** Docker Hub's window. */
const windowSeconds = 6 * 60 * 60
const keysMax = 100_000

export interface PullLimitsOptions {
  /** Manifests in six hours: for everyone, by address, and for an account; undefined for no limit. */
  anonymous: number | undefined
  account: number | undefined
  openCounter?: OpenCounter
  now?: () => number
}

/** Limits pulls as Docker Hub does, and tells clients with its headers and words. */
export function createPullMeter(options: PullLimitsOptions): PullMeter {
  const now = options.now ?? Date.now
  const { openCounter = ownCounters(now) } = options
  const counter = openCounter('pulls', { windowMs: windowSeconds * 1000, keysMax })
  return async ({ account, address, isCounted }: MeteredPull) => {
    const limit = account === undefined ? options.anonymous : options.account
    if (limit === undefined) return {}
    const source = account ?? networkOf(address)
    const key = `${account === undefined ? 'address' : 'account'} ${source}`
    const { used, resetAt } = await counter.add(key, isCounted ? 1 : 0)
    if (used > limit) throw refusal(resetAt - now())
    return {
      'ratelimit-limit': `${limit};w=${windowSeconds}`,
      'ratelimit-remaining': `${limit - used};w=${windowSeconds}`,
      'docker-ratelimit-source': source,
    }
  }
}

function refusal(retryAfterMs: number): RegistryError {
  return new RegistryError('TOO_MANY_REQUESTS', {
    message:
      'You have reached your pull rate limit. You may increase the limit by authenticating, or ask who runs this hub.',
    retryAfterMs,
  })
}
