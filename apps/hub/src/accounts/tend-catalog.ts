import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '@berth/catalog'
import type { Logger } from '@berth/stdx'
import { untilDisposed } from '../operation/until-disposed.ts'

const intervalMs = 60 * 60 * 1000

export interface TendOptions {
  catalog: Pick<Catalog, 'sweep' | 'registry'>
  /** Repositories that are not the hub's own. */
  isForeign: (repository: string) => boolean
  logger: Logger
}

/** Lets the catalog take in what it was not told of, and remove what is over: now and every hour until disposed. */
export function tendCatalog(options: TendOptions): AsyncDisposable {
  return untilDisposed((signal) => tendUntil(signal, options))
}

async function tendUntil(signal: AbortSignal, options: TendOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      await adopt(options)
      await options.catalog.sweep()
    } catch (error) {
      // The next turn comes; what failed now may work then.
      options.logger.error('tending failed', { error })
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => {})
  }
}

async function adopt({ catalog, isForeign, logger }: TendOptions): Promise<void> {
  const { adopted, ownerless } = await catalog.registry.adoptRepositories({ isForeign })
  for (const repository of adopted)
    logger.info('took a repository of before into the catalog', { repository })
  if (ownerless > 0)
    logger.warn('repositories belong to nobody: there is no account or organization of their names', {
      count: ownerless,
    })
}
