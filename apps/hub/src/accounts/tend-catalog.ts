import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '@berth/catalog'
import type { Logger } from '@berth/stdx'
import { untilDisposed } from '../operation/until-disposed.ts'

const intervalMs = 60 * 60 * 1000
const progressMs = 10_000

export interface TendOptions {
  catalog: Pick<Catalog, 'sweep' | 'registry' | 'fillSearch'>
  /** Repositories that are not the hub's own. */
  isForeign: (repository: string) => boolean
  logger: Logger
}

/** Lets the catalog and its search take in what they were not told of, and remove what is over: now and every hour until disposed. */
export function tendCatalog(options: TendOptions): AsyncDisposable {
  return untilDisposed((signal) => tendUntil(signal, options))
}

async function tendUntil(signal: AbortSignal, options: TendOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      await fillSearch(signal, options)
      await adopt(options)
      await options.catalog.sweep()
    } catch (error) {
      // The next turn comes; what failed now may work then.
      options.logger.error('tending failed', { error })
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => {})
  }
}

/** After an update, beside serving: searches find less until it is done. */
async function fillSearch(signal: AbortSignal, { catalog, logger }: TendOptions): Promise<void> {
  let toldAt = Date.now()
  const entries = await catalog.fillSearch({
    signal,
    onProgress(entries) {
      if (Date.now() - toldAt < progressMs) return
      toldAt = Date.now()
      logger.info('search takes in what was there before; it finds less meanwhile', { entries })
    },
  })
  if (entries > 0 && !signal.aborted) logger.info('search has taken in what was there before', { entries })
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
