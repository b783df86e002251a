import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteDatabase } from '@berth/sql'
import { BlobStore } from '../blob-store.ts'
import { openFilesystemStorage } from '../filesystem-storage.ts'
import { GarbageStore } from '../garbage-store.ts'
import { ManifestStore } from '../manifest-store.ts'
import { Manifests } from '../manifests.ts'
import { Blobs } from '../blobs.ts'
import { openMetadata } from '../metadata-database.ts'
import { RepositoryStore } from '../repository-store.ts'
import { Uploads } from '../uploads.ts'

/** The rules of a registry on a temporary directory, with a clock that stands until it is set; removed at the end. */
export async function openTemporaryRegistry() {
  const directory = await mkdtemp(join(tmpdir(), 'berth-registry-'))
  const clock = { now: Date.now() }
  const now = () => clock.now
  const storage = await openFilesystemStorage(directory)
  const file = openSqliteDatabase(join(directory, 'registry.db'))
  const database = await openMetadata(file, now)
  const stores = {
    repositories: new RepositoryStore(database),
    blobs: new BlobStore(database),
    manifests: new ManifestStore(database),
    garbage: new GarbageStore(database),
  }
  return {
    directory,
    clock,
    now,
    database,
    storage,
    stores,
    blobs: new Blobs(storage, stores.blobs),
    uploads: new Uploads(storage, stores.blobs),
    manifests: new Manifests(storage, stores),
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    },
  }
}

export type TemporaryRegistry = Awaited<ReturnType<typeof openTemporaryRegistry>>
