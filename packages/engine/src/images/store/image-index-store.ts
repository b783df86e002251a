import { prepare } from '@berth/stdx'
import type { Digest } from '@berth/oci'
import type { DatabaseSync } from 'node:sqlite'

/** The index that an image came by, and what else of it is here. */
export interface ImageIndex {
  digest: Digest
  /** Images for other platforms. The image that holds them is the one that names point at. */
  members: Digest[]
}

/** True of the images that are shown: a member of an index that has no name of its own is part of another image. */
export const isShownSql = `
  NOT EXISTS (SELECT 1 FROM image_member WHERE member_id = image.image_id)
  OR EXISTS (SELECT 1 FROM image_tag WHERE image_tag.image_id = image.image_id)
  OR EXISTS (SELECT 1 FROM image_digest WHERE image_digest.image_id = image.image_id)`

/** Images of several platforms, in the tables of the image store. A change is part of the caller's transaction. */
export class ImageIndexStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  find(imageId: string): ImageIndex | undefined {
    const row = prepare(this.#database, 'SELECT digest FROM image_index WHERE image_id = ?').get(imageId)
    if (!row) return undefined
    const members = prepare(
      this.#database,
      'SELECT member_id FROM image_member WHERE image_id = ? ORDER BY member_id',
    ).all(imageId)
    return {
      digest: String(row['digest']) as Digest,
      members: members.map((member) => String(member['member_id']) as Digest),
    }
  }

  set(imageId: Digest, { digest, members }: ImageIndex): void {
    this.#run('INSERT INTO image_index VALUES (?, ?) ON CONFLICT DO UPDATE SET digest = excluded.digest', [
      imageId,
      digest,
    ])
    this.#run('DELETE FROM image_member WHERE image_id = ?', [imageId])
    for (const member of new Set(members)) {
      if (member !== imageId) this.#run('INSERT INTO image_member VALUES (?, ?)', [imageId, member])
    }
  }

  isMember(imageId: string): boolean {
    const sql = 'SELECT 1 FROM image_member WHERE member_id = ?'
    return prepare(this.#database, sql).get(imageId) !== undefined
  }

  /** Members of an image that nothing else holds: no name of their own, no other image. */
  ownMembers(imageId: string): Digest[] {
    const rows = prepare(
      this.#database,
      `SELECT member_id FROM image_member AS own WHERE image_id = ?
          AND NOT EXISTS (SELECT 1 FROM image_tag WHERE image_tag.image_id = own.member_id)
          AND NOT EXISTS (SELECT 1 FROM image_digest WHERE image_digest.image_id = own.member_id)
          AND NOT EXISTS (
            SELECT 1 FROM image_member AS other
            WHERE other.member_id = own.member_id AND other.image_id <> own.image_id)
        ORDER BY member_id`,
    ).all(imageId)
    return rows.map((row) => String(row['member_id']) as Digest)
  }

  #run(sql: string, parameters: string[]): void {
    prepare(this.#database, sql).run(...parameters)
  }
}
