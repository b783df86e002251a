import type { Digest } from '@berth/oci'
import type { Logger } from '@berth/stdx'
import { helloWorldImage } from '../hello-world/hello-world-image.ts'
import { openOfflineCatalog } from './offline-catalog.ts'
import type { StoreSettings } from '../config/store-settings.ts'

export interface SeedOptions {
  dataDirectory: string
  stores: StoreSettings
  repository: string
  tag: string
  logger: Logger
}

/** Puts hello-world into the store, which a hub may be serving meanwhile; again is success. Returns its digest. */
export async function seed(options: SeedOptions): Promise<Digest> {
  const { repository, tag } = options
  await using stack = new AsyncDisposableStack()
  const { catalog, registry } = await openOfflineCatalog(options, stack)
  const digest = await registry.putImage(repository, tag, helloWorldImage())
  catalog.registry.noteActivity({ kind: 'push', repository, digest, tags: [tag], account: undefined })
  await catalog.registry.flush()
  return digest
}
