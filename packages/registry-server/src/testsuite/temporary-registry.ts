import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteDatabase, type SqlDatabase } from '@berth/sql'
import { BlobStore } from '../metadata/blob-store.ts'
import { openFilesystemStorage } from '../storage/filesystem-storage.ts'
import { GarbageStore } from '../metadata/garbage-store.ts'
import { ManifestStore } from '../metadata/manifest-store.ts'
import { Manifests } from '../content/manifests.ts'
import { Blobs } from '../content/blobs.ts'
import { openMetadata } from '../metadata/metadata-database.ts'
import { Policies, type RepositoryPolicy } from '../policies.ts'
import { RepositoryStore } from '../metadata/repository-store.ts'
import { RetentionStore } from '../metadata/retention-store.ts'
import type { Storage } from '../storage/storage.ts'
import { Uploads } from '../content/uploads.ts'

/**
 * Opens the stores that belong to a directory, empty ones the first time; the same directory again gives the same ones,
 * as to another process. The caller closes the database.
 */
export type OpenStores = (directory: string) => Promise<{ database: SqlDatabase; storage: Storage }>

/** Stores of this machine alone. */
export const openLocalStores: OpenStores = async (directory) => ({
  database: openSqliteDatabase(join(directory, 'registry.db')),
  storage: await openFilesystemStorage(directory),
})

interface Clock {
  now: number
}

/** The rules of a registry on empty stores, with a clock that stands until it is set; removed at the end. */
export async function openTemporaryRegistry(
  openStores: OpenStores = openLocalStores,
  policies: readonly RepositoryPolicy[] = [],
) {
  const directory = await mkdtemp(join(tmpdir(), 'berth-registry-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(directory, { recursive: true }))
  const clock = { now: Date.now() }
  const open = async () => openReplica(await openStores(directory), { clock, policies })
  const registry = stack.use(await open())
  const owned = stack.move()
  return {
    ...registry,
    directory,
    clock,
    /** The same again, as another process has it; the caller closes it before the first. */
    openReplica: open,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function openReplica(
  { database: file, storage }: Awaited<ReturnType<OpenStores>>,
  { clock, policies }: { clock: Clock; policies: readonly RepositoryPolicy[] },
) {
  const now = () => clock.now
  const database = await openMetadata(file, now)
  const rules = new Policies(policies)
  const stores = {
    repositories: new RepositoryStore(database),
    blobs: new BlobStore(database, rules),
    manifests: new ManifestStore(database, rules),
    garbage: new GarbageStore(database),
    retention: new RetentionStore(database),
  }
  return {
    now,
    database,
    storage,
    stores,
    blobs: new Blobs(storage, stores.blobs),
    uploads: new Uploads(storage, stores.blobs),
    manifests: new Manifests(storage, stores),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

export type TemporaryRegistry = Awaited<ReturnType<typeof openTemporaryRegistry>>
