import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openS3Storage, type Storage } from '@berth/registry-server'
import { openSqlDatabase, type SqlDatabase } from '@berth/sql'
import type { StoreSettings } from './config/store-settings.ts'

/** What a registry is opened on. */
export interface Stores {
  /** Of this machine alone. */
  directory: string
  database: SqlDatabase
  /** Instead of `directory`. */
  storage?: Storage
}

/** Opens what the settings say; `stack` closes it. Throws `unavailable` when it is elsewhere and cannot be reached. */
export async function openStores(
  { dataDirectory, stores }: { dataDirectory: string; stores: StoreSettings },
  stack: AsyncDisposableStack,
): Promise<Stores> {
  const directory = join(dataDirectory, 'registry')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const database = stack.use(await openSqlDatabase(stores.database ?? join(directory, 'registry.db')))
  return { directory, database, ...(stores.bucket && { storage: await openS3Storage(stores.bucket) }) }
}
