import type { Digest } from '@berth/oci'
import type { MetadataDatabase } from '../metadata/metadata-database.ts'

/** A mirrored repository's hold on a blob. */
export interface CachedBlob {
  repositoryId: number
  repository: string
  digest: Digest
}

/** What a mirror remembers beyond the content: how fresh tags are, and what was used when. */
export class MirrorStore {
  readonly #kind: MetadataDatabase['kind']
  readonly #db: MetadataDatabase['db']
  readonly #writes: MetadataDatabase['writes']

  constructor({ kind, db, writes }: MetadataDatabase) {
    this.#kind = kind
    this.#db = db
    this.#writes = writes
  }

  /** Until when the tag is believed; 0 for one that is not known. */
  async getFreshUntil(repository: string, tag: string): Promise<number> {
    const row = await this.#db
      .selectFrom('repositories')
      .innerJoin('mirrored_tags', 'mirrored_tags.repository_id', 'repositories.id')
      .select('mirrored_tags.fresh_until')
      .where('repositories.name', '=', repository)
      .where('mirrored_tags.name', '=', tag)
      .executeTakeFirst()
    return row?.fresh_until ?? 0
  }

  /** For a tag that is there; one that is gone by now is left so. */
  async setFreshUntil(repository: string, tag: string, freshUntil: number): Promise<void> {
    await this.#writes.run((transaction) =>
      transaction
        .insertInto('mirrored_tags')
        .columns(['repository_id', 'name', 'fresh_until'])
        .expression((from) =>
          from
            .selectFrom('tags')
            .innerJoin('repositories', 'repositories.id', 'tags.repository_id')
            .select((tag) => [
              'tags.repository_id',
              'tags.name',
              tag.cast<number>(tag.val(freshUntil), 'bigint').as('fresh_until'),
            ])
            .where('repositories.name', '=', repository)
            .where('tags.name', '=', tag)
            // It could go before the row that refers to it is there.
            .$if(this.#kind === 'postgres', (query) => query.forKeyShare('tags')),
        )
        .onConflict((conflict) =>
          conflict.columns(['repository_id', 'name']).doUpdateSet({ fresh_until: freshUntil }),
        )
        .execute(),
    )
  }

  /** Bytes of all blobs that the repositories of a namespace hold. */
  async getCachedBytes(namespaces: readonly string[]): Promise<number> {
    const { total } = await this.#db
      .selectFrom(this.#held(namespaces).select(['digest', 'size_bytes']).distinct().as('held'))
      .select(({ fn }) => fn.sum<number | null>('held.size_bytes').as('total'))
      .executeTakeFirstOrThrow()
    return total ?? 0
  }

  /** Blobs of these namespaces, the one used longest ago first. */
  async listLeastUsed(
    namespaces: readonly string[],
    { offset, limit }: { offset: number; limit: number },
  ): Promise<CachedBlob[]> {
    const rows = await this.#held(namespaces)
      .select(['repository_id', 'repositories.name', 'digest'])
      .orderBy('leased_at')
      .orderBy('digest')
      .offset(offset)
      .limit(limit)
      .execute()
    return rows.map((row) => ({
      repositoryId: row.repository_id,
      repository: row.name,
      digest: row.digest as Digest,
    }))
  }

  async evict({ repositoryId, digest }: CachedBlob): Promise<void> {
    await this.#writes.run((transaction) =>
      transaction
        .deleteFrom('repository_blobs')
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .execute(),
    )
  }

  #held(namespaces: readonly string[]) {
    return this.#db
      .selectFrom('repository_blobs')
      .innerJoin('repositories', 'repositories.id', 'repository_blobs.repository_id')
      .where((held) => held.or(namespaces.map((name) => held('repositories.name', 'like', `${name}/%`))))
  }
}
