import { noFailpoint, openDatabase, silentLogger } from '@berth/stdx'
import type { ContentStore } from './content-store.ts'
import { LeasedContentStore } from './leased-content-store.ts'
import { MemoryStorage } from './memory-storage.ts'
import { MetadataStore } from './metadata-store.ts'

/** A content store that keeps nothing on disk, for tests of what uses one. */
export function memoryContentStore(): ContentStore {
  return new LeasedContentStore({
    storage: new MemoryStorage(),
    metadata: new MetadataStore(openDatabase(':memory:')),
    logger: silentLogger,
    failpoint: noFailpoint,
  })
}
