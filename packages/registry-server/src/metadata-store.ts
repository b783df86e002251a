import type { Digest } from '@berth/oci'
import { migrate, openDatabase } from '@berth/stdx'
import { Kysely } from 'kysely'
import { GroupCommit } from './group-commit.ts'
import { sqliteMigrations, type MetadataSchema } from './metadata-schema.ts'
import { nodeSqliteDialect } from './node-sqlite-dialect.ts'

/** Opens (and makes, when it is not there) the SQLite file at `path`. */
export function openSqliteMetadata(path: string): MetadataStore {
  const database = openDatabase(path)
  migrate(database, 'registry', sqliteMigrations)
  return new MetadataStore(new Kysely({ dialect: nodeSqliteDialect(database) }))
}

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
}

export interface ReferrerRecord extends ManifestRecord {
  artifactType: string | undefined
  annotations: Record<string, string> | undefined
}

/** A page of a sorted list: what comes after `last`, at most `limit`. */
export interface Page {
  last: string
  limit: number
}

/** Which repositories there are, what each of them holds, and what its tags name. */
export class MetadataStore implements AsyncDisposable {
  readonly #db: Kysely<MetadataSchema>
  readonly #writes: GroupCommit<MetadataSchema>

  constructor(db: Kysely<MetadataSchema>) {
    this.#db = db
    this.#writes = new GroupCommit(db)
  }

  async hasRepository(repository: string): Promise<boolean> {
    return (await this.#findRepositoryId(this.#db, repository)) !== undefined
  }

  async listRepositories({ last, limit }: Page): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('repositories')
      .select('name')
      .where('name', '>', last)
      .orderBy('name')
      .limit(limit)
      .execute()
    return rows.map((row) => row.name)
  }

  async hasBlob(repository: string, digest: Digest): Promise<boolean> {
    const row = await this.#db
      .selectFrom('repository_blobs')
      .innerJoin('repositories', 'repositories.id', 'repository_blobs.repository_id')
      .select('repository_blobs.digest')
      .where('repositories.name', '=', repository)
      .where('repository_blobs.digest', '=', digest)
      .executeTakeFirst()
    return row !== undefined
  }

  /** Makes a blob readable through a repository, which comes into being if need be. */
  async addBlob(repository: string, digest: Digest, sizeBytes: number): Promise<void> {
    await this.#writes.run(async (transaction) => {
      const repositoryId = await this.#makeRepository(transaction, repository)
      await transaction
        .insertInto('repository_blobs')
        .values({ repository_id: repositoryId, digest, size_bytes: sizeBytes, created_at: Date.now() })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    })
  }

  /** Takes a blob from a repository; false when it was not there. Other repositories keep it. */
  deleteBlob(repository: string, digest: Digest): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const repositoryId = await this.#findRepositoryId(transaction, repository)
      if (repositoryId === undefined) return false
      const result = await transaction
        .deleteFrom('repository_blobs')
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .executeTakeFirst()
      return result.numDeletedRows > 0
    })
  }

  /** Repositories that hold a blob, at most `limit`. */
  async listBlobRepositories(digest: Digest, limit: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('repository_blobs')
      .innerJoin('repositories', 'repositories.id', 'repository_blobs.repository_id')
      .select('repositories.name')
      .where('repository_blobs.digest', '=', digest)
      .limit(limit)
      .execute()
    return rows.map((row) => row.name)
  }

  async findManifest(repository: string, digest: Digest): Promise<ManifestRecord | undefined> {
    const row = await this.#db
      .selectFrom('manifests')
      .innerJoin('repositories', 'repositories.id', 'manifests.repository_id')
      .select(['manifests.digest', 'manifests.media_type', 'manifests.size_bytes'])
      .where('repositories.name', '=', repository)
      .where('manifests.digest', '=', digest)
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
      .select(['manifests.digest', 'manifests.media_type', 'manifests.size_bytes'])
      .where('repositories.name', '=', repository)
      .where('tags.name', '=', tag)
      .executeTakeFirst()
    return row && toManifestRecord(row)
  }

  /** Adds a manifest and points `tags` at it, all or nothing; the last writer of a tag wins. */
  async addManifest(repository: string, manifest: NewManifest, tags: readonly string[]): Promise<void> {
    await this.#writes.run(async (transaction) => {
      const repositoryId = await this.#makeRepository(transaction, repository)
      await transaction
        .insertInto('manifests')
        .values(toManifestRow(repositoryId, manifest))
        .onConflict((conflict) =>
          conflict.columns(['repository_id', 'digest']).doUpdateSet({ media_type: manifest.mediaType }),
        )
        .execute()
      for (const name of tags) {
        const row = { digest: manifest.digest, updated_at: Date.now() }
        await transaction
          .insertInto('tags')
          .values({ repository_id: repositoryId, name, ...row })
          .onConflict((conflict) => conflict.columns(['repository_id', 'name']).doUpdateSet(row))
          .execute()
      }
    })
  }

  /** Deletes a manifest with every tag that names it; false when it was not there. */
  deleteManifest(repository: string, digest: Digest): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const repositoryId = await this.#findRepositoryId(transaction, repository)
      if (repositoryId === undefined) return false
      const result = await transaction
        .deleteFrom('manifests')
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .executeTakeFirst()
      return result.numDeletedRows > 0
    })
  }

  deleteTag(repository: string, tag: string): Promise<boolean> {
    return this.#writes.run(async (transaction) => {
      const repositoryId = await this.#findRepositoryId(transaction, repository)
      if (repositoryId === undefined) return false
      const result = await transaction
        .deleteFrom('tags')
        .where('repository_id', '=', repositoryId)
        .where('name', '=', tag)
        .executeTakeFirst()
      return result.numDeletedRows > 0
    })
  }

  async listTags(repository: string, { last, limit }: Page): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('tags')
      .innerJoin('repositories', 'repositories.id', 'tags.repository_id')
      .select('tags.name')
      .where('repositories.name', '=', repository)
      .where('tags.name', '>', last)
      .orderBy('tags.name')
      .limit(limit)
      .execute()
    return rows.map((row) => row.name)
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.destroy()
  }

  async #makeRepository(transaction: Kysely<MetadataSchema>, name: string): Promise<number> {
    const known = await this.#findRepositoryId(transaction, name)
    if (known !== undefined) return known
    const row = await transaction
      .insertInto('repositories')
      .values({ name, created_at: Date.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
    return row.id
  }

  async #findRepositoryId(db: Kysely<MetadataSchema>, name: string): Promise<number | undefined> {
    const row = await db.selectFrom('repositories').select('id').where('name', '=', name).executeTakeFirst()
    return row?.id
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
    created_at: Date.now(),
  }
}
