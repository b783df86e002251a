import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openS3Storage, type Storage } from '@berth/registry-server'
import { openSqlDatabase, type SqlDatabase } from '@berth/sql'
import { CodedError } from '@berth/stdx'
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
  await makeDirectory(directory)
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

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new CodedError('invalid-argument', `Cannot keep anything in ${path}: ${systemReason(error)}`, {
      cause: error,
      hint: 'Choose another directory with --data.',
    })
  }
}
