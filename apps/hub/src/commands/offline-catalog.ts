import { openCatalog, type Catalog } from '@berth/catalog'
import { createRegistry, type Registry } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import type { StoreSettings } from '../config/store-settings.ts'
import { openStores } from '../stores.ts'

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
