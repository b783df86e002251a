import type { Digest } from '@berth/oci'
import type { SqlKind } from '@berth/sql'
import type { Kysely } from 'kysely'
import { addContent } from './blob-store.ts'
import { listNames, type NameList } from './list-names.ts'
import type { MetadataDatabase } from './metadata-database.ts'
import type { MetadataSchema } from './metadata-schema.ts'
import { Policies } from '../policies.ts'
import { RegistryError } from '../registry-error.ts'
import { findRepositoryId, lockRepository, makeRepository, type Page } from './repository-store.ts'

/** One manifest as the registry remembers it; its bytes are in the storage. */
export interface ManifestRecord {
  digest: Digest
  mediaType: string
  sizeBytes: number
}

export interface NewManifest extends ManifestRecord {
  subject: Digest | undefined
  artifactType: string | undefined
  annotations: Record<string, string> | undefined
  references: ManifestReferences
}

/** What a manifest names: all of it is kept as long as the manifest, `required` must be there when it comes in. */
export interface ManifestReferences {
  kind: 'blobs' | 'manifests'
  all: readonly Digest[]
  required: readonly Digest[]
}

/** A tag and the manifest it names. */
export interface TagRecord extends ManifestRecord {
  name: string
  /** Milliseconds since the epoch. */
  updatedAt: number
}

export interface ReferrerRecord extends ManifestRecord {
  artifactType: string | undefined
  annotations: Record<string, string> | undefined
}

/** The manifests of repositories, what they refer to, and what their tags name. */
export class ManifestStore {
  readonly #tables: MetadataDatabase
  readonly #db: MetadataDatabase['db']
  readonly #writes: MetadataDatabase['writes']
  readonly #now: MetadataDatabase['now']
  readonly #policies: Policies

  constructor(tables: MetadataDatabase, policies = new Policies()) {
    this.#policies = policies
    this.#tables = tables
    this.#db = tables.db
    this.#writes = tables.writes
    this.#now = tables.now
  }

  async findManifest(repository: string, digest: Digest): Promise<ManifestRecord | undefined> {
    const row = await this.#db
      .selectFrom('manifests')
      .innerJoin('repositories', 'repositories.id', 'manifests.repository_id')
      .innerJoin('blobs', 'blobs.digest', 'manifests.digest')
      .select(['manifests.digest', 'manifests.media_type', 'manifests.size_bytes'])
      .where('repositories.name', '=', repository)
      .where('manifests.digest', '=', digest)
      .where('blobs.quarantined_at', 'is', null)
      .executeTakeFirst()
    return row && toManifestRecord(row)
  }

  async findTag(repository: string, tag: string): Promise<ManifestRecord | undefined> {
    const row = await this.#db
      .selectFrom('repositories')
      .innerJoin('tags', 'tags.repository_id', 'repositories.id')
      .innerJoin('manifests', (join) =>
        join
          .onRef('manifests.repository_id', '=', 'repositories.id')
          .onRef('manifests.digest', '=', 'tags.digest'),
      )
      .innerJoin('blobs', 'blobs.digest', 'tags.digest')
      .select(['manifests.digest', 'manifests.media_type', 'manifests.size_bytes'])
      .where('repositories.name', '=', repository)
      .where('tags.name', '=', tag)
      .where('blobs.quarantined_at', 'is', null)
      .executeTakeFirst()
    return row && toManifestRecord(row)
  }

  /**
   * Adds a manifest and points `tags` at it, all or nothing; the last writer of a tag wins. Throws
   * MANIFEST_BLOB_UNKNOWN when the repository lacks something that the manifest requires.
   */
  async addManifest(repository: string, manifest: NewManifest, tags: readonly string[]): Promise<void> {
    await this.#writes.run(async (transaction) => {
      const kind = this.#tables.kind
      const repositoryId = await makeRepository(transaction, { kind, name: repository, now: this.#now() })
      await checkReferences(transaction, { kind, repositoryId, references: manifest.references })
      await this.#checkTags(transaction, { repository, repositoryId, tags, digest: manifest.digest })
      await addContent(transaction, manifest, this.#now())
      const pushed = { media_type: manifest.mediaType, created_at: this.#now() }
      await transaction
        .insertInto('manifests')
        .values({ ...toManifestRow(repositoryId, manifest), ...pushed })
        .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doUpdateSet(pushed))
        .execute()
      await insertReferences(transaction, repositoryId, manifest)
      for (const name of tags) {
        const row = { digest: manifest.digest, updated_at: this.#now() }
        await transaction
          .insertInto('tags')
          .values({ repository_id: repositoryId, name, ...row })
          .onConflict((conflict) => conflict.columns(['repository_id', 'name']).doUpdateSet(row))
          .execute()
      }
    })
  }

  /** Deletes a manifest with every tag that names it; false when it was not there. Throws TAG_IMMUTABLE. */
  deleteManifest(repository: string, digest: Digest): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const repositoryId = await findRepositoryId(transaction, repository)
      if (repositoryId === undefined) return false
      // No tag may come to name it in the meantime.
      await lockRepository(transaction, { kind: this.#tables.kind, repositoryId })
      const named = await transaction
        .selectFrom('tags')
        .select('name')
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .execute()
      for (const { name } of named) this.#expectMutable(repository, name)
      const result = await transaction
        .deleteFrom('manifests')
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .executeTakeFirst()
      return result.numDeletedRows > 0
    })
  }

  /** False when it was not there. Throws TAG_IMMUTABLE. */
  deleteTag(repository: string, tag: string): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      this.#expectMutable(repository, tag)
      const repositoryId = await findRepositoryId(transaction, repository)
      if (repositoryId === undefined) return false
      const result = await transaction
        .deleteFrom('tags')
        .where('repository_id', '=', repositoryId)
        .where('name', '=', tag)
        .executeTakeFirst()
      return result.numDeletedRows > 0
    })
  }

  listTags(repository: string, { last, limit }: Page): Promise<NameList> {
    const page = this.#db
      .selectFrom('tags')
      .innerJoin('repositories', 'repositories.id', 'tags.repository_id')
      .select('tags.name')
      .where('repositories.name', '=', repository)
      .where('tags.name', '>', last)
      .orderBy('tags.name')
      .limit(limit)
    return listNames(this.#tables, page)
  }

  /** As `listTags`, with what each names. */
  async listTagRecords(repository: string, { last, limit }: Page): Promise<TagRecord[]> {
    const rows = await this.#db
      .selectFrom('tags')
      .innerJoin('repositories', 'repositories.id', 'tags.repository_id')
      .innerJoin('manifests', (join) =>
        join
          .onRef('manifests.repository_id', '=', 'tags.repository_id')
          .onRef('manifests.digest', '=', 'tags.digest'),
      )
      .select(['tags.name', 'tags.updated_at'])
      .select(['manifests.digest', 'manifests.media_type', 'manifests.size_bytes'])
      .where('repositories.name', '=', repository)
      .where('tags.name', '>', last)
      .orderBy('tags.name')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ ...toManifestRecord(row), name: row.name, updatedAt: row.updated_at }))
  }

  /** Manifests of a repository whose subject is `subject`, by digest. */
  async listReferrers(
    repository: string,
    subject: Digest,
    { last, limit, artifactType }: Page & { artifactType?: string | undefined },
  ): Promise<ReferrerRecord[]> {
    const rows = await this.#db
      .selectFrom('manifests')
      .innerJoin('repositories', 'repositories.id', 'manifests.repository_id')
      .selectAll('manifests')
      .where('repositories.name', '=', repository)
      .where('subject', '=', subject)
      .where('digest', '>', last)
      .$if(artifactType !== undefined, (query) => query.where('artifact_type', '=', artifactType ?? null))
      .orderBy('digest')
      .limit(limit)
      .execute()
    return rows.map((row) => ({
      ...toManifestRecord(row),
      artifactType: row.artifact_type ?? undefined,
      annotations:
        row.annotations === null ? undefined : (JSON.parse(row.annotations) as Record<string, string>),
    }))
  }

  /** A tag that may not change is set once; set to the same again is fine. */
  async #checkTags(
    transaction: Kysely<MetadataSchema>,
    tagging: { repository: string; repositoryId: number; tags: readonly string[]; digest: Digest },
  ): Promise<void> {
    const { repository, repositoryId, digest } = tagging
    const immutable = tagging.tags.filter((name) => this.#policies.isImmutable(repository, name))
    if (immutable.length > 0) await lockRepository(transaction, { kind: this.#tables.kind, repositoryId })
    for (const name of immutable) {
      const set = await transaction
        .selectFrom('tags')
        .select('digest')
        .where('repository_id', '=', repositoryId)
        .where('name', '=', name)
        .executeTakeFirst()
      if (set && set.digest !== digest) throw new RegistryError('TAG_IMMUTABLE', { detail: { tag: name } })
    }
  }

  #expectMutable(repository: string, tag: string): void {
    if (this.#policies.isImmutable(repository, tag))
      throw new RegistryError('TAG_IMMUTABLE', { detail: { tag } })
  }
}

/** Digests come from `parseDigest` or a hasher before they are stored, so what the tables hold needs no second check. */
function toManifestRecord(row: { digest: string; media_type: string; size_bytes: number }): ManifestRecord {
  return { digest: row.digest as Digest, mediaType: row.media_type, sizeBytes: row.size_bytes }
}

function toManifestRow(repositoryId: number, manifest: NewManifest) {
  return {
    repository_id: repositoryId,
    digest: manifest.digest,
    media_type: manifest.mediaType,
    size_bytes: manifest.sizeBytes,
    subject: manifest.subject ?? null,
    artifact_type: manifest.artifactType ?? null,
    annotations: manifest.annotations === undefined ? null : JSON.stringify(manifest.annotations),
    is_indexed: 1,
  }
}

/** Remembers what a manifest names; again is fine. */
export async function insertReferences(
  transaction: Kysely<MetadataSchema>,
  repositoryId: number,
  { digest, references }: Pick<NewManifest, 'digest' | 'references'>,
): Promise<void> {
  for (const digests of chunked([...new Set(references.all)])) {
    await transaction
      .insertInto('manifest_references')
      .values(digests.map((named) => ({ repository_id: repositoryId, manifest: digest, digest: named })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Values in one statement: databases limit its parameters. */
const chunkMax = 500

function chunked<T>(values: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(values.length / chunkMax) }, (_, index) =>
    values.slice(index * chunkMax, (index + 1) * chunkMax),
  )
}

/** What is there stays until the transaction ends, so that collection then sees that it is needed. */
async function checkReferences(
  transaction: Kysely<MetadataSchema>,
  options: { kind: SqlKind; repositoryId: number; references: ManifestReferences },
): Promise<void> {
  const { kind, repositoryId, references } = options
  const table = references.kind === 'blobs' ? 'repository_blobs' : 'manifests'
  const unknown = new Set(references.required)
  for (const digests of chunked([...unknown])) {
    const rows = await transaction
      .selectFrom(table)
      .innerJoin('blobs', 'blobs.digest', `${table}.digest`)
      .select('blobs.digest')
      .where('repository_id', '=', repositoryId)
      .where('blobs.quarantined_at', 'is', null)
      .where(`${table}.digest`, 'in', digests)
      .$if(kind === 'postgres', (query) => query.forShare([table, 'blobs']))
      .execute()
    for (const { digest } of rows) unknown.delete(digest as Digest)
  }
  if (unknown.size > 0)
    throw new RegistryError('MANIFEST_BLOB_UNKNOWN', { detail: { digests: [...unknown].slice(0, 20) } })
}
