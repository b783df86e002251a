import { setTimeout as sleep } from 'node:timers/promises'
import type { Registry } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'

const intervalMs = 60 * 60 * 1000

/** Collects and scrubs while the hub serves, until disposed. */
export function startMaintenance(registry: Registry, logger: Logger): AsyncDisposable {
  const stopping = new AbortController()
  const running = maintain(registry, logger, stopping.signal)
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}

async function maintain(registry: Registry, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await sleep(intervalMs, undefined, { signal })
      logger.info('applied retention', { ...(await registry.applyRetention({ signal })) })
      logger.info('collected garbage', { ...(await registry.collectGarbage({ signal })) })
      logger.info('scrubbed', { ...(await registry.scrub({ signal })) })
    } catch (error) {
      // The next turn comes; what failed now may work then.
      if (!signal.aborted) logger.error('maintenance failed', { error })
    }
  }
}
