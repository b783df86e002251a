import { CodedError, migrate, prepare, transaction, type Migration } from '@berth/stdx'
import type { Digest } from '@berth/oci'
import type { DatabaseSync } from 'node:sqlite'

const migrations: readonly Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE lease (
        id TEXT PRIMARY KEY,
        expires_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE lease_blob (
        lease_id TEXT NOT NULL REFERENCES lease ON DELETE CASCADE,
        digest TEXT NOT NULL,
        PRIMARY KEY (lease_id, digest)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE origin (
        digest TEXT NOT NULL,
        repository TEXT NOT NULL,
        PRIMARY KEY (digest, repository)
      ) STRICT, WITHOUT ROWID;
    `),
]

/** Leases with the blobs they hold, and where blobs came from. Times are milliseconds since the epoch. */
export class MetadataStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    migrate(database, 'content', migrations)
    this.#database = database
  }

  addLease(id: string, expiresAt: number): void {
    prepare(this.#database, 'INSERT INTO lease VALUES (?, ?)').run(id, expiresAt)
  }

  deleteLease(id: string): void {
    prepare(this.#database, 'DELETE FROM lease WHERE id = ?').run(id)
  }

  /** Throws `not-found` for a lease that was deleted or has expired. */
  checkLease(id: string): void {
    const row = prepare(this.#database, 'SELECT 1 FROM lease WHERE id = ? AND expires_at > ?').get(
      id,
      Date.now(),
    )
    if (!row) throw new CodedError('not-found', `No such lease: ${id}`)
  }

  addToLease(id: string, digests: readonly Digest[]): void {
    transaction(this.#database, () => {
      this.checkLease(id)
      const insert = prepare(this.#database, 'INSERT OR IGNORE INTO lease_blob VALUES (?, ?)')
      for (const digest of digests) insert.run(id, digest)
    })
  }

  deleteExpiredLeases(): void {
    prepare(this.#database, 'DELETE FROM lease WHERE expires_at <= ?').run(Date.now())
  }

  leasedDigests(): Set<Digest> {
    const rows = prepare(this.#database, 'SELECT DISTINCT digest FROM lease_blob').all()
    return new Set(rows.map((row) => String(row['digest']) as Digest))
  }

  addOrigin(digests: readonly Digest[], repository: string): void {
    transaction(this.#database, () => {
      const insert = prepare(this.#database, 'INSERT OR IGNORE INTO origin VALUES (?, ?)')
      for (const digest of digests) insert.run(digest, repository)
    })
  }

  origins(digest: Digest): string[] {
    const rows = prepare(
      this.#database,
      'SELECT repository FROM origin WHERE digest = ? ORDER BY repository',
    ).all(digest)
    return rows.map((row) => String(row['repository']))
  }

  deleteOrigins(digest: Digest): void {
    prepare(this.#database, 'DELETE FROM origin WHERE digest = ?').run(digest)
  }
}
