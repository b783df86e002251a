import { after } from 'node:test'
import { openSqlDatabase } from '@berth/sql'
import { startPostgresServer } from '@berth/sql/testsuite'
import { openFilesystemStorage } from '../storage/filesystem-storage.ts'
import { openLocalStores, type OpenStores } from '../testsuite/temporary-registry.ts'
import { testMetadata } from '../testsuite/test-metadata.ts'

testMetadata('sqlite', openLocalStores)

const server = await startPostgresServer()
after(() => server?.[Symbol.asyncDispose]())

const databases = new Map<string, Promise<string>>()
const openPostgresStores: OpenStores = async (directory) => {
  const url = databases.get(directory) ?? server!.createDatabase()
  databases.set(directory, url)
  return { database: await openSqlDatabase(await url), storage: await openFilesystemStorage(directory) }
}
testMetadata('postgres', openPostgresStores, { skip: !server && 'PostgreSQL is not installed' })
