import type { Generated } from 'kysely'
import type { Migration } from '@berth/stdx'

/** The tables as kysely sees them; times are milliseconds since the epoch. */
export interface MetadataSchema {
  repositories: RepositoryTable
  repository_blobs: RepositoryBlobTable
  manifests: ManifestTable
  tags: TagTable
}

interface RepositoryTable {
  id: Generated<number>
  name: string
  created_at: number
}

/** Which repositories a blob can be read through. */
interface RepositoryBlobTable {
  repository_id: number
  digest: string
  size_bytes: number
  created_at: number
}

interface ManifestTable {
  repository_id: number
  digest: string
  media_type: string
  size_bytes: number
  subject: string | null
  artifact_type: string | null
  /** JSON object, as a referrers list repeats it. */
  annotations: string | null
  created_at: number
}

interface TagTable {
  repository_id: number
  name: string
  digest: string
  updated_at: number
}

export const sqliteMigrations: readonly Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE repositories (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE repository_blobs (
        repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        digest TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (repository_id, digest)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX repository_blobs_by_digest ON repository_blobs (digest);
      CREATE TABLE manifests (
        repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        digest TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        subject TEXT,
        artifact_type TEXT,
        annotations TEXT,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (repository_id, digest)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX manifests_by_subject ON manifests (repository_id, subject, digest) WHERE subject IS NOT NULL;
      CREATE TABLE tags (
        repository_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        digest TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (repository_id, name),
        FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX tags_by_digest ON tags (repository_id, digest);
    `),
]
