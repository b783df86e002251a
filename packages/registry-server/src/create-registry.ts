import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { digestOf, type Digest } from '@berth/oci'
import { openSqliteDatabase, type SqlDatabase } from '@berth/sql'
import { makeDirectory, type Logger } from '@berth/stdx'
import { openAccess, type AccessPolicy } from './access-policy.ts'
import { Blobs } from './content/blobs.ts'
import { localContent } from './content/content-reader.ts'
import { Manifests } from './content/manifests.ts'
import { putImage, type ImageContent } from './content/put-image.ts'
import { Uploads } from './content/uploads.ts'
import { handleRequest } from './http/handle-request.ts'
import { BlobStore } from './metadata/blob-store.ts'
import { GarbageStore } from './metadata/garbage-store.ts'
import { ManifestStore } from './metadata/manifest-store.ts'
import { openMetadata, type MetadataDatabase } from './metadata/metadata-database.ts'
import { RepositoryStore } from './metadata/repository-store.ts'
import { RetentionStore } from './metadata/retention-store.ts'
import { MirrorStore } from './mirror/mirror-store.ts'
import { openMirroring, type MirrorsOptions } from './mirror/mirroring.ts'
import { Policies, type RepositoryPolicy } from './policies.ts'
import { registryContents, type RegistryContents } from './registry-contents.ts'
import type { RegistryHooks } from './registry-hooks.ts'
import { withFailpoints, type StorageFailpoint } from './storage/failpoint-storage.ts'
import { openFilesystemStorage } from './storage/filesystem-storage.ts'
import { openStaging } from './storage/open-staging.ts'
import type { Storage } from './storage/storage.ts'
import { GarbageCollector, type CollectOptions, type GarbageReport } from './upkeep/garbage-collector.ts'
import { Retention, type RetentionReport } from './upkeep/retention.ts'
import { Scrubber, type ScrubOptions, type ScrubReport } from './upkeep/scrubber.ts'

export interface RegistryOptions extends RegistryHooks {
  /** Where blobs and uploads are kept, or what only this machine needs of them; made when it is not there. */
  directory: string
  /** Where blobs and uploads are kept instead (default: `directory`). */
  storage?: Storage
  /** Where the registry's tables are; the caller closes it (default: SQLite's `registry.db` in `directory`). */
  database?: SqlDatabase
  logger: Logger
  /** Who may do what (default: everyone everything). */
  access?: AccessPolicy
  /** Quotas and tags that stay as they are (default: none). */
  policies?: readonly RepositoryPolicy[]
  /** Other registries whose repositories are served from here too. */
  mirrors?: MirrorsOptions
  /** Passed after each call of the storage, for tests of crashes and of failures. */
  failpoint?: StorageFailpoint | undefined
  /** Milliseconds since the epoch (default: the machine's clock). */
  now?: () => number
}

/** A server of repositories. Dispose it when no request is being answered any more. */
export interface Registry extends AsyncDisposable {
  /** Answers one request under `/v2/`; anything else gets 404. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** What its repositories hold. */
  readonly contents: RegistryContents
  /** Throws `unavailable` when the tables or the storage cannot be reached. */
  checkHealth(): Promise<void>
  /** Stores an image and points `tag` at its last manifest, as a push would. Again is success. Returns that digest. */
  putImage(repository: string, tag: string, image: ImageContent): Promise<Digest>
  /** Frees what no manifest names and nobody used lately, and uploads that were given up; requests go on meanwhile. */
  collectGarbage(options?: CollectOptions): Promise<GarbageReport>
  /**
   * Reads what was not read lately and checks it against its digests, slowly. What is broken counts as not there until
   * it is pushed again; its bytes are put aside.
   */
  scrub(options?: ScrubOptions): Promise<ScrubReport>
  /** Deletes the tags and untagged manifests that the policies let go, or says which they are. */
  applyRetention(options?: { dryRun?: boolean; signal?: AbortSignal }): Promise<RetentionReport>
}

const emptyDigest = digestOf('')

/** Opens a registry on a directory and a database. Several processes may share them. */
export async function createRegistry(options: RegistryOptions): Promise<Registry> {
  const { directory, failpoint, access = openAccess, now = Date.now } = options
  const logger = options.logger.named('registry')
  await makeDirectory(directory, { mode: 0o700 })
  await using stack = new AsyncDisposableStack()
  const opened = options.storage ?? (await openFilesystemStorage(directory))
  const storage = failpoint ? withFailpoints(opened, failpoint) : opened
  const database = options.database ?? stack.use(openSqliteDatabase(join(directory, 'registry.db')))
  const metadata = await openMetadata(database, now)
  const policies = new Policies(options.policies)
  const services = openServices(storage, metadata, policies)
  const { manifests, stores } = services
  const openMirrors = async (mirrors: MirrorsOptions) => {
    const staging = options.storage ? await openStaging(join(directory, 'staging'), now()) : storage
    return stack.use(openMirroring(mirrors, { storage, staging, stores, manifests, now, logger }))
  }
  const mirroring = options.mirrors && (await openMirrors(options.mirrors))
  const content = localContent(services)
  const context = { services, content, mirroring, access, hooks: options, logger }
  const collector = new GarbageCollector(storage, stores.garbage, now)
  const scrubber = new Scrubber({ storage, store: stores.garbage, now, logger })
  const retention = new Retention({ stores, policies, now })
  const owned = stack.move()
  return {
    contents: registryContents(services),
    handle: (request, response) => handleRequest(context, request, response),
    async checkHealth() {
      await stores.repositories.hasRepository('health')
      await storage.findBlob(emptyDigest)
    },
    putImage: (repository, tag, image) => putImage(services, { repository, tag }, image),
    collectGarbage: (options) => collector.collect(options),
    scrub: (options) => scrubber.scrub(options),
    applyRetention: (options) => retention.apply(options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The rules, over what keeps bytes and what says which repository has them. */
function openServices(storage: Storage, metadata: MetadataDatabase, policies: Policies) {
  const stores = {
    repositories: new RepositoryStore(metadata),
    blobs: new BlobStore(metadata, policies),
    manifests: new ManifestStore(metadata, policies),
    mirror: new MirrorStore(metadata),
    garbage: new GarbageStore(metadata),
    retention: new RetentionStore(metadata),
  }
  return {
    blobs: new Blobs(storage, stores.blobs),
    uploads: new Uploads(storage, stores.blobs),
    manifests: new Manifests(storage, stores),
    stores,
  }
}
