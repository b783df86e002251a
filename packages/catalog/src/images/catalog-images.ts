import { isDigest, type Digest } from '@berth/oci'
import { CodedError, isCoded } from '@berth/stdx'
import type { CatalogContents } from '../catalog.ts'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { insertAudit } from '../events/audit-store.ts'
import type { Image, Images, ListTags, Referrer, Tag } from '../images.ts'
import { parsePaging } from '../paging.ts'
import { noSuch } from '../refusals.ts'
import { deleteTagPushes, listTagPushers } from '../registry/tag-push-store.ts'
import { requireRepository, type Need } from '../repositories/require-repository.ts'
import type { RepositoryRecord } from '../repositories/repository-store.ts'
import type { Listed, Viewer } from '../viewer.ts'
import { imageOf } from './image-details.ts'
import { ImageReader } from './image-reader.ts'
import { textsOf } from './lenient-json.ts'
import { findTagRecord, listTagRecords, type TagRecord } from './tag-records.ts'

const tagPattern = /^\w[\w.-]{0,127}$/
const referrersMax = 100
const annotationsMax = { max: 50, lengthMax: 1000 }

type Comparison = (a: TagRecord, b: TagRecord) => number

const byName: Comparison = (a, b) => (a.name < b.name ? -1 : 1)
const comparisons: Readonly<Record<NonNullable<ListTags['ordering']>, Comparison>> = {
  name: byName,
  '-name': (a, b) => byName(b, a),
  last_updated: (a, b) => a.updatedAt - b.updatedAt || byName(a, b),
  '-last_updated': (a, b) => b.updatedAt - a.updatedAt || byName(a, b),
}

const seeImages = { permission: 'read', action: 'see the images' } as const

export class CatalogImages implements Images {
  readonly #database: CatalogDatabase
  readonly #contents: CatalogContents
  readonly #reader: ImageReader

  constructor(database: CatalogDatabase, contents: CatalogContents) {
    this.#database = database
    this.#contents = contents
    this.#reader = new ImageReader(contents)
  }

  async listTags(viewer: Viewer, repository: string, options: ListTags): Promise<Listed<Tag>> {
    const { offset, limit } = parsePaging(options)
    const { id } = await this.#require(viewer, repository, seeImages)
    const all = await listTagRecords(this.#contents, repository, options.filter)
    const page = all.toSorted(comparisons[options.ordering ?? '-last_updated']).slice(offset, offset + limit)
    return { count: all.length, entries: await this.#describe(repository, id, page) }
  }

  async getTag(viewer: Viewer, repository: string, tag: string): Promise<Tag> {
    const { id } = await this.#require(viewer, repository, seeImages)
    const record = tagPattern.test(tag) ? await findTagRecord(this.#contents, repository, tag) : undefined
    const [found] = record ? await this.#describe(repository, id, [record]) : []
    if (!found) throw noSuch('tag', tag)
    return found
  }

  async deleteTag(viewer: Viewer, repository: string, tag: string): Promise<void> {
    const need = { permission: 'admin', action: 'delete tags' } as const
    const { id: repositoryId, namespaceId } = await this.#require(viewer, repository, need)
    if (!tagPattern.test(tag)) throw noSuch('tag', tag)
    await this.#contents.deleteManifest(repository, { tag })
    await this.#database.write(async (transaction) => {
      await deleteTagPushes(transaction, { repositoryId, tag })
      await insertAudit(this.#database, transaction, {
        namespaceId,
        action: 'repo.tag.delete',
        subject: repository,
        by: viewer,
        detail: { tag },
      })
    })
  }

  async getImage(viewer: Viewer, repository: string, digest: Digest): Promise<Image> {
    await this.#require(viewer, repository, seeImages)
    if (!isDigest(digest)) throw noSuch('image', digest)
    const manifest = await this.#reader.getManifest(repository, digest)
    if (!manifest || !('layers' in manifest))
      throw new CodedError('invalid-argument', `Cannot show ${digest}: it is not the image of one platform`, {
        hint: 'Name the digest of one of its images.',
      })
    return imageOf(digest, manifest, await this.#reader.readConfig(repository, manifest))
  }

  async listReferrers(viewer: Viewer, repository: string, subject: Digest): Promise<Referrer[]> {
    await this.#require(viewer, repository, seeImages)
    if (!isDigest(subject)) throw noSuch('image', subject)
    const page = { last: '', limit: referrersMax }
    const referrers = await this.#contents.listReferrers(repository, subject, page)
    return referrers.map(({ digest, mediaType, artifactType, sizeBytes, annotations }) => ({
      digest,
      mediaType,
      artifactType,
      sizeBytes,
      annotations: textsOf(annotations, annotationsMax),
    }))
  }

  /** Leaves out tags that were deleted meanwhile. */
  async #describe(repository: string, repositoryId: number, records: readonly TagRecord[]): Promise<Tag[]> {
    const names = records.map(({ name }) => name)
    const pushers = await listTagPushers(this.#database.db, repositoryId, names)
    const tags = await Promise.all(records.map((record) => this.#describeTag(repository, record)))
    return tags.flatMap((tag) => (tag ? [{ ...tag, updatedBy: pushers.get(tag.name) }] : []))
  }

  async #describeTag(
    repository: string,
    { name, digest, mediaType, updatedAt }: TagRecord,
  ): Promise<Omit<Tag, 'updatedBy'> | undefined> {
    try {
      const images = await this.#reader.listImages(repository, digest)
      const sizeBytes = images.reduce((total, image) => total + image.sizeBytes, 0)
      return { name, digest, mediaType, updatedAt, sizeBytes, images }
    } catch (error) {
      if (isCoded(error, 'not-found')) return undefined
      throw error
    }
  }

  #require(viewer: Viewer, name: string, need: Need): Promise<RepositoryRecord> {
    return requireRepository(this.#database.db, viewer, { name, ...need })
  }
}
