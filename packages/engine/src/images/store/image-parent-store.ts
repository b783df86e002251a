import type { Digest } from '@berth/oci'
import { prepare } from '@berth/stdx'
import type { DatabaseSync } from 'node:sqlite'

/** Which image was made of a container of which other one. */
export interface ImageTree {
  /** By the child. */
  readonly parents: ReadonlyMap<string, Digest>
  /** By the parent. */
  readonly children: ReadonlyMap<string, readonly Digest[]>
}

/** Parents of images, in the tables of the image store. A change is part of the caller's transaction. */
export class ImageParentStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** A parent that went meanwhile is none. */
  set(imageId: Digest, parentId: Digest): void {
    prepare(
      this.#database,
      'INSERT OR IGNORE INTO image_parent SELECT ?, image_id FROM image WHERE image_id = ?',
    ).run(imageId, parentId)
  }

  readTree(): ImageTree {
    const parents = new Map<string, Digest>()
    const children = new Map<string, Digest[]>()
    const rows = prepare(this.#database, 'SELECT image_id, parent_id FROM image_parent ORDER BY image_id')
    for (const row of rows.all()) {
      const [child, parent] = [row['image_id'], row['parent_id']].map((id) => String(id) as Digest) as [
        Digest,
        Digest,
      ]
      parents.set(child, parent)
      children.set(parent, [...(children.get(parent) ?? []), child])
    }
    return { parents, children }
  }
}
