import { noFailpoint, silentLogger, type Logger } from '@berth/stdx'
import type { DatabaseSync } from 'node:sqlite'
import type { ContentStore } from './content-store.ts'
import type { ContentFailpoint } from './failpoint.ts'
import { openFileStorage } from './file-storage.ts'
import { LeasedContentStore } from './leased-content-store.ts'
import { MetadataStore } from './metadata-store.ts'

export interface ContentStoreOptions {
  /** Made when it is missing. One process at a time; the caller sees to that. */
  directory: string
  /** From `openDatabase`; its tables are made here. The caller closes it after the store. */
  database: DatabaseSync
  logger?: Logger
  /** Makes steps fail, for tests. */
  failpoint?: ContentFailpoint
}

/** Opens the content store in `directory`, as whatever crash left it. */
export async function openContentStore(options: ContentStoreOptions): Promise<ContentStore> {
  const failpoint = options.failpoint ?? noFailpoint
  return new LeasedContentStore({
    storage: await openFileStorage(options.directory, failpoint),
    metadata: new MetadataStore(options.database),
    logger: options.logger ?? silentLogger,
    failpoint,
  })
}
