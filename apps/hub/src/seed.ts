import type { Digest } from '@berth/oci'
import { createRegistry } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import { helloWorldImage } from './hello-world/hello-world-image.ts'
import type { StoreSettings } from './store-settings.ts'
import { openStores } from './stores.ts'

export interface SeedOptions {
  dataDirectory: string
  stores: StoreSettings
  repository: string
  tag: string
  logger: Logger
}

/** Puts hello-world into the store, which a hub may be serving meanwhile; again is success. Returns its digest. */
export async function seed(options: SeedOptions): Promise<Digest> {
  const { repository, tag, logger } = options
  await using stack = new AsyncDisposableStack()
  const registry = stack.use(await createRegistry({ ...(await openStores(options, stack)), logger }))
  return await registry.putImage(repository, tag, helloWorldImage())
}
