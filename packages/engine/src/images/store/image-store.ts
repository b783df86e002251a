import { migrate, prepare, transaction } from '@berth/stdx'
import type { Digest } from '@berth/oci'
import type { DatabaseSync } from 'node:sqlite'
import { ImageIndexStore, isShownSql, type ImageIndex } from './image-index-store.ts'
import { ImageParentStore, type ImageTree } from './image-parent-store.ts'
import { imageMigrations } from './image-schema.ts'

/** An image on this machine: a config, the manifest that names it, and the layers that were unpacked for it. */
export interface ImageRecord {
  imageId: Digest
  manifestDigest: Digest
  /** RFC 3339, from the config; when the config names no time, the epoch. */
  createdAt: string
  os: string
  architecture: string
  variant?: string
  /** Uncompressed bytes of all layers. */
  sizeBytes: number
  labels: Record<string, string>
  diffIds: Digest[]
}

/** What an image keeps from garbage collection. */
export interface ImageContent {
  /** Every blob: indexes on the way to the manifest, the manifest, the config, the layers. */
  blobs: readonly Digest[]
  /** Blobs that were unpacked, with what came out. */
  layers: readonly { digest: Digest; diffId: Digest }[]
}

/** A tag points at an image; a repository digest remembers under which digest a repository served it. */
export interface ImageNames {
  /** `registry/repository:tag`, nothing left out. */
  readonly tags: readonly string[]
  /** `registry/repository@digest`. */
  readonly digests: readonly string[]
}

const noNames: ImageNames = { tags: [], digests: [] }

/** What was read since the last change: lists are asked for often and change seldom. */
interface Remembered {
  shown?: readonly ImageRecord[]
  /** Of every image that has any. */
  names?: ReadonlyMap<string, ImageNames>
  tree?: ImageTree
}

/** An index that an image is added with, and the images for its other platforms. */
interface AddedIndex {
  digest: Digest
  members: readonly { record: ImageRecord; content: ImageContent }[]
}

/** What is added with an image. */
export interface AddedWith extends Partial<ImageNames> {
  index?: AddedIndex
  /** The image of the container that it was made of. */
  parentId?: Digest
}

/** Images, tags and repository digests in SQLite. Every change is one transaction. */
export class ImageStore {
  readonly #database: DatabaseSync
  readonly #indexes: ImageIndexStore
  readonly #parents: ImageParentStore
  #remembered: Remembered = {}

  constructor(database: DatabaseSync) {
    migrate(database, 'images', imageMigrations)
    this.#database = database
    this.#indexes = new ImageIndexStore(database)
    this.#parents = new ImageParentStore(database)
  }

  /**
   * Adds an image and its names at once, with the members of its index; a tag that points elsewhere is moved. What such a tag
   * pointed at becomes a member when it is of the same index. Already there is success.
   */
  add(
    record: ImageRecord,
    content: ImageContent,
    { parentId, index, tags = [], digests = [] }: AddedWith,
  ): void {
    this.#change(() => {
      this.#insert(record, content)
      if (parentId) this.#parents.set(record.imageId, parentId)
      if (index) {
        for (const member of index.members) this.#insert(member.record, member.content)
        this.#indexes.set(record.imageId, this.#joined(index, tags))
      }
      for (const tag of tags) this.#setTag(tag, record.imageId)
      for (const name of digests) this.#setDigest(name, record.imageId)
    })
  }

  #insert(record: ImageRecord, { blobs, layers }: ImageContent): void {
    this.#run('INSERT INTO image VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record', [
      record.imageId,
      record.createdAt,
      JSON.stringify(record),
    ])
    for (const digest of blobs)
      this.#run('INSERT OR IGNORE INTO image_blob VALUES (?, ?)', [record.imageId, digest])
    for (const { diffId, digest } of layers) {
      this.#run(
        'INSERT INTO image_layer VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET digest = excluded.digest',
        [record.imageId, diffId, digest],
      )
    }
  }

  find(imageId: string): ImageRecord | undefined {
    const row = prepare(this.#database, 'SELECT record FROM image WHERE image_id = ?').get(imageId)
    return row && (JSON.parse(String(row['record'])) as ImageRecord)
  }

  /** Newest first, without those that are part of another: an image for one more platform of its index. */
  list(): readonly ImageRecord[] {
    this.#remembered.shown ??= this.#list(`WHERE ${isShownSql}`)
    return this.#remembered.shown
  }

  /** Every image, newest first. */
  listWithMembers(): ImageRecord[] {
    return this.#list('')
  }

  #list(where: string): ImageRecord[] {
    const rows = prepare(
      this.#database,
      `SELECT record FROM image ${where} ORDER BY created_at DESC, image_id`,
    ).all()
    return rows.map((row) => JSON.parse(String(row['record'])) as ImageRecord)
  }

  /** The index that an image came by, and what else of it is here. */
  findIndex(imageId: string): ImageIndex | undefined {
    return this.#indexes.find(imageId)
  }

  /** Members of its index that go when the image goes. */
  ownMembers(imageId: string): Digest[] {
    return this.#indexes.ownMembers(imageId)
  }

  /** True of what belongs to the index of another image. */
  isMember(imageId: string): boolean {
    return this.#indexes.isMember(imageId)
  }

  /** The image of the container that it was made of, while both are here. */
  parentOf(imageId: string): Digest | undefined {
    return this.#tree().parents.get(imageId)
  }

  /** Images that were made of its containers. */
  childrenOf(imageId: string): readonly Digest[] {
    return this.#tree().children.get(imageId) ?? []
  }

  #tree(): ImageTree {
    this.#remembered.tree ??= this.#parents.readTree()
    return this.#remembered.tree
  }

  /** Lets another member of its index stand for it: names go over. */
  replace(imageId: Digest, successor: Digest): void {
    this.#change(() => {
      const index = this.#indexes.find(imageId)
      if (index) this.#indexes.set(successor, index)
      this.#run('UPDATE image_tag SET image_id = ? WHERE image_id = ?', [successor, imageId])
      this.#run('UPDATE image_digest SET image_id = ? WHERE image_id = ?', [successor, imageId])
      this.#run('DELETE FROM image WHERE image_id = ?', [imageId])
    })
  }

  /** Image ids that start with `sha256:<prefix>`, at most two: enough to tell unique from ambiguous. */
  findByPrefix(hexPrefix: string): Digest[] {
    const rows = prepare(
      this.#database,
      'SELECT image_id FROM image WHERE image_id >= ? AND image_id < ? LIMIT 2',
    ).all(`sha256:${hexPrefix}`, `sha256:${hexPrefix}g`)
    return rows.map((row) => String(row['image_id']) as Digest)
  }

  findByTag(tag: string): Digest | undefined {
    return this.#imageId('SELECT image_id FROM image_tag WHERE name = ?', [tag])
  }

  findByDigest(repository: string, digest: string): Digest | undefined {
    return this.#imageId('SELECT image_id FROM image_digest WHERE repository = ? AND digest = ?', [
      repository,
      digest,
    ])
  }

  /** Names of every image that has any, by image id. */
  allNames(): ReadonlyMap<string, ImageNames> {
    this.#remembered.names ??= this.#readNames()
    return this.#remembered.names
  }

  namesOf(imageId: string): ImageNames {
    return this.allNames().get(imageId) ?? noNames
  }

  /** When a tag was last set to this image, RFC 3339; undefined for an image without tags. */
  lastTaggedAt(imageId: string): string | undefined {
    const row = prepare(this.#database, 'SELECT max(tagged_at) AS at FROM image_tag WHERE image_id = ?').get(
      imageId,
    )
    return row?.['at'] == null ? undefined : String(row['at'])
  }

  setTag(tag: string, imageId: Digest): void {
    this.#change(() => this.#setTag(tag, imageId))
  }

  /** Remembers that a repository has the image under a digest: `registry/repository@digest`. */
  addDigest(name: string, imageId: Digest): void {
    this.#change(() => this.#setDigest(name, imageId))
  }

  /** Lets go of every blob of an image but these. */
  retainBlobs(imageId: Digest, retained: readonly Digest[]): void {
    this.#change(() => {
      for (const digest of this.blobsOf(imageId)) {
        if (!retained.includes(digest))
          this.#run('DELETE FROM image_blob WHERE image_id = ? AND digest = ?', [imageId, digest])
      }
    })
  }

  /** Takes tags and repository digests; one that is not there is none. */
  deleteNames(names: readonly string[]): void {
    this.#change(() => {
      for (const name of names) {
        const [repository = '', digest] = name.split('@')
        if (digest === undefined) this.#run('DELETE FROM image_tag WHERE name = ?', [name])
        else this.#run('DELETE FROM image_digest WHERE repository = ? AND digest = ?', [repository, digest])
      }
    })
  }

  /** Forgets images with all their names, and members of their indexes that nothing else holds; returns what was forgotten. */
  delete(...imageIds: readonly Digest[]): Digest[] {
    return this.#change(() => imageIds.flatMap((imageId) => this.#delete(imageId)))
  }

  #delete(imageId: Digest): Digest[] {
    const forgotten = [imageId, ...this.#indexes.ownMembers(imageId)]
    for (const id of forgotten) this.#run('DELETE FROM image WHERE image_id = ?', [id])
    return forgotten
  }

  /** Every blob that some image needs. */
  reachableBlobs(): Set<Digest> {
    return this.#digests('SELECT DISTINCT digest AS digest FROM image_blob')
  }

  /** Every layer that some image needs. */
  reachableLayers(): Set<Digest> {
    return this.#digests('SELECT DISTINCT diff_id AS digest FROM image_layer')
  }

  /** True when some image has the layer `diffId` out of the blob `digest`. */
  hasPair(digest: Digest, diffId: Digest): boolean {
    const sql = 'SELECT 1 FROM image_layer WHERE diff_id = ? AND digest = ?'
    return prepare(this.#database, sql).get(diffId, digest) !== undefined
  }

  /** The blobs that one image holds. */
  blobsOf(imageId: string): Digest[] {
    const rows = prepare(this.#database, 'SELECT digest FROM image_blob WHERE image_id = ?').all(imageId)
    return rows.map((row) => String(row['digest']) as Digest)
  }

  #joined({ digest, members }: AddedIndex, tags: readonly string[]): ImageIndex {
    const before = tags.flatMap((tag) => {
      const imageId = this.findByTag(tag)
      const known = imageId && this.#indexes.find(imageId)
      return imageId && known?.digest === digest ? [imageId, ...known.members] : []
    })
    return { digest, members: [...members.map(({ record }) => record.imageId), ...before] }
  }

  /** Every change is one of these. */
  #change<T>(action: () => T): T {
    try {
      return transaction(this.#database, action)
    } finally {
      this.#remembered = {}
    }
  }

  #readNames(): Map<string, ImageNames> {
    const names = new Map<string, { tags: string[]; digests: string[] }>()
    const of = (imageId: unknown) => {
      const key = String(imageId)
      const known = names.get(key) ?? { tags: [], digests: [] }
      names.set(key, known)
      return known
    }
    const tags = prepare(this.#database, 'SELECT name, image_id FROM image_tag ORDER BY name')
    for (const row of tags.all()) of(row['image_id']).tags.push(String(row['name']))
    const digests = prepare(this.#database, 'SELECT * FROM image_digest ORDER BY repository, digest')
    for (const row of digests.all())
      of(row['image_id']).digests.push(`${String(row['repository'])}@${String(row['digest'])}`)
    return names
  }

  #digests(sql: string): Set<Digest> {
    return new Set(
      prepare(this.#database, sql)
        .all()
        .map((row) => String(row['digest']) as Digest),
    )
  }

  #imageId(sql: string, parameters: string[]): Digest | undefined {
    const row = prepare(this.#database, sql).get(...parameters)
    return row && (String(row['image_id']) as Digest)
  }

  #setTag(tag: string, imageId: Digest): void {
    this.#run(
      'INSERT INTO image_tag VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET image_id = excluded.image_id, tagged_at = excluded.tagged_at',
      [tag, imageId, new Date().toISOString()],
    )
  }

  #setDigest(name: string, imageId: Digest): void {
    const at = name.indexOf('@')
    this.#run(
      // What is so already is not written: nobody waits for the disk then.
      `INSERT INTO image_digest VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET image_id = excluded.image_id
       WHERE image_id <> excluded.image_id`,
      [name.slice(0, at), name.slice(at + 1), imageId],
    )
  }

  #run(sql: string, parameters: string[]) {
    return prepare(this.#database, sql).run(...parameters)
  }
}
