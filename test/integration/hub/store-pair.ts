import { openS3Storage, type Storage } from '@berth/registry-server'
import { openSqlDatabase, type SqlDatabase } from '@berth/sql'
import { startPostgresServer, type PostgresServer } from '@berth/sql/testsuite'
import type { OpenStores } from '../../../packages/registry-server/src/testsuite/temporary-registry.ts'
import { startObjectStore, type ObjectStore } from '../../fixtures/radosgw.ts'

/** A database server and an object store, which registries of several machines share. */
export interface StorePair extends AsyncDisposable {
  database: PostgresServer
  objects: ObjectStore
  /** Makes an empty database and an empty bucket. */
  create(): Promise<SharedStores>
  /** Those that belong to a directory, made the first time. */
  openStores: OpenStores
}

/** One database and one bucket. */
export interface SharedStores {
  /** For `berth-hub`. */
  flags: string[]
  environment: Record<string, string>
  /** For a registry in this process, which closes the database. */
  open(): Promise<{ database: SqlDatabase; storage: Storage }>
}

/** Starts both: 25 s. Throws when one is not installed; `npm test` brings them. */
export async function startStorePair(): Promise<StorePair> {
  await using stack = new AsyncDisposableStack()
  const database = await startPostgresServer()
  if (!database) throw new Error('Cannot start PostgreSQL: it is not installed')
  stack.use(database)
  const objects = stack.use(await startObjectStore())
  const create = async () =>
    sharedStores(await database.createDatabase(), await objects.createBucket(), objects)
  const byDirectory = new Map<string, Promise<SharedStores>>()
  const owned = stack.move()
  return {
    database,
    objects,
    create,
    async openStores(directory) {
      const stores = byDirectory.get(directory) ?? create()
      byDirectory.set(directory, stores)
      return (await stores).open()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function sharedStores(url: string, bucket: string, { endpoint, credentials }: ObjectStore): SharedStores {
  return {
    flags: ['--database', url, '--storage', `s3://${bucket}/hub?endpoint=${endpoint.origin}`],
    environment: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    open: async () => ({
      database: await openSqlDatabase(url),
      storage: await openS3Storage({ bucket, prefix: 'hub/', endpoint, credentials }),
    }),
  }
}
