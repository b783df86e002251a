import { openCatalog, type Catalog } from '@berth/catalog'
import { createRegistry, type Registry } from '@berth/registry-server'
import { CodedError, type Logger } from '@berth/stdx'
import type { StoreSettings } from '../config/store-settings.ts'
import { hasStores, openStores } from '../stores.ts'

/** Throws `not-found` where no hub has been: a directory that was mistyped is not made to one. */
export function requireHub(options: OfflineOptions): void {
  if (hasStores(options)) return
  throw new CodedError('not-found', `Cannot find a hub in ${options.dataDirectory}`, {
    hint: 'Say with --data where "berth-hub serve" keeps it, or name its --database.',
  })
}

export interface OfflineOptions {
  dataDirectory: string
  stores: StoreSettings
  logger: Logger
}

/** Registry and catalog of a hub for a command that serves nothing; a hub may be serving them meanwhile. `stack` closes them. */
export async function openOfflineCatalog(
  options: OfflineOptions,
  stack: AsyncDisposableStack,
): Promise<{ catalog: Catalog; registry: Registry }> {
  const { logger } = options
  const stores = await openStores(options, stack)
  const registry = stack.use(await createRegistry({ ...stores, logger }))
  const { contents } = registry
  const catalog = stack.use(await openCatalog({ database: stores.database, contents, logger }))
  return { catalog, registry }
}
