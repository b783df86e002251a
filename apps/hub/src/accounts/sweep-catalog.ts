import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '@berth/catalog'
import type { Logger } from '@berth/stdx'

const intervalMs = 60 * 60 * 1000

/** Lets the catalog remove what is over, every hour until disposed. */
export function sweepCatalog(catalog: Pick<Catalog, 'sweep'>, logger: Logger): AsyncDisposable {
  const stopping = new AbortController()
  const running = sweepUntil(stopping.signal, { catalog, logger })
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}

async function sweepUntil(
  signal: AbortSignal,
  { catalog, logger }: { catalog: Pick<Catalog, 'sweep'>; logger: Logger },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await sleep(intervalMs, undefined, { signal })
      await catalog.sweep()
    } catch (error) {
      // The next turn comes; what failed now may work then.
      if (!signal.aborted) logger.error('sweep failed', { error })
    }
  }
}
