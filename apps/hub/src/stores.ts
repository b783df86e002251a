import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openS3Storage, type Storage } from '@berth/registry-server'
import { openSqlDatabase, type SqlDatabase } from '@berth/sql'
import { CodedError, isCoded, makeDirectory } from '@berth/stdx'
import type { StoreSettings } from './config/store-settings.ts'
import { systemReason } from './config/system-reason.ts'

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
  const { directory, databaseFile } = placesIn(dataDirectory)
  await makeStoreDirectory(directory)
  const database = stack.use(await openSqlDatabase(stores.database ?? databaseFile))
  return { directory, database, ...(stores.bucket && { storage: await openS3Storage(stores.bucket) }) }
}

/** Whether there is anything to open; a database that is elsewhere is asked when it is opened. */
export function hasStores({
  dataDirectory,
  stores,
}: {
  dataDirectory: string
  stores: StoreSettings
}): boolean {
  return stores.database !== undefined || existsSync(placesIn(dataDirectory).databaseFile)
}

function placesIn(dataDirectory: string): { directory: string; databaseFile: string } {
  const directory = join(dataDirectory, 'registry')
  return { directory, databaseFile: join(directory, 'registry.db') }
}

async function makeStoreDirectory(path: string): Promise<void> {
  try {
    await makeDirectory(path, { mode: 0o700 })
  } catch (error) {
    const message = isCoded(error) ? error.message : `Cannot keep anything in ${path}: ${systemReason(error)}`
    throw new CodedError('invalid-argument', message, {
      cause: error,
      hint: 'Choose another directory with --data.',
    })
  }
}
