import type { Generated } from 'kysely'
import type { SqlMigration } from '@berth/sql'

/** The tables as kysely sees them; times are milliseconds since the epoch. */
export interface MetadataSchema {
  repositories: RepositoryTable
  repository_blobs: RepositoryBlobTable
  manifests: ManifestTable
  manifest_references: ManifestReferenceTable
  tags: TagTable
  blobs: BlobTable
  mirrored_tags: MirroredTagTable
}

/** What the storage holds, whoever may read it. */
interface BlobTable {
  digest: string
  size_bytes: number
  /** Collection leaves it alone for a while from here. */
  leased_at: number
  /** When its bytes were last found to be those of the digest. */
  checked_at: number
  /** Set while its bytes are known to be lost: it counts as not there until it is pushed again. */
  quarantined_at: number | null
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
  /** As in `blobs`, for this repository's hold on it. */
  leased_at: number
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
  /** 0 until `manifest_references` has what it refers to. */
  is_indexed: number
}

/** Until when a mirror believes what a tag names. */
interface MirroredTagTable {
  repository_id: number
  name: string
  fresh_until: number
}

/** What a manifest needs: blobs, or an index's manifests. */
interface ManifestReferenceTable {
  repository_id: number
  manifest: string
  digest: string
}

interface TagTable {
  repository_id: number
  name: string
  digest: string
  updated_at: number
}

/** PostgreSQL sorts by bytes here too: the specification's lists are in lexical order. */
export const metadataMigrations: readonly SqlMigration[] = [
  {
    sqlite: `
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
    `,
    postgres: `
      CREATE TABLE repositories (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name TEXT COLLATE "C" NOT NULL UNIQUE,
        created_at BIGINT NOT NULL
      );
      CREATE TABLE repository_blobs (
        repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        digest TEXT COLLATE "C" NOT NULL,
        size_bytes BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (repository_id, digest)
      );
      CREATE INDEX repository_blobs_by_digest ON repository_blobs (digest);
      CREATE TABLE manifests (
        repository_id BIGINT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        digest TEXT COLLATE "C" NOT NULL,
        media_type TEXT COLLATE "C" NOT NULL,
        size_bytes BIGINT NOT NULL,
        subject TEXT COLLATE "C",
        artifact_type TEXT COLLATE "C",
        annotations TEXT COLLATE "C",
        created_at BIGINT NOT NULL,
        PRIMARY KEY (repository_id, digest)
      );
      CREATE INDEX manifests_by_subject ON manifests (repository_id, subject, digest) WHERE subject IS NOT NULL;
      CREATE TABLE tags (
        repository_id BIGINT NOT NULL,
        name TEXT COLLATE "C" NOT NULL,
        digest TEXT COLLATE "C" NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (repository_id, name),
        FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
      );
      CREATE INDEX tags_by_digest ON tags (repository_id, digest);
    `,
  },
  {
    sqlite: `
      CREATE TABLE blobs (
        digest TEXT NOT NULL PRIMARY KEY,
        size_bytes INTEGER NOT NULL,
        leased_at INTEGER NOT NULL,
        checked_at INTEGER NOT NULL,
        quarantined_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX blobs_by_check ON blobs (checked_at);
      INSERT OR IGNORE INTO blobs SELECT digest, size_bytes, created_at, 0, NULL FROM repository_blobs;
      INSERT OR IGNORE INTO blobs SELECT digest, size_bytes, created_at, 0, NULL FROM manifests;
      ALTER TABLE repository_blobs ADD COLUMN leased_at INTEGER NOT NULL DEFAULT 0;
      UPDATE repository_blobs SET leased_at = created_at;
      ALTER TABLE manifests ADD COLUMN is_indexed INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX manifests_by_digest ON manifests (digest);
      CREATE INDEX manifests_not_indexed ON manifests (repository_id) WHERE is_indexed = 0;
      CREATE TABLE manifest_references (
        repository_id INTEGER NOT NULL,
        manifest TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (repository_id, manifest, digest),
        FOREIGN KEY (repository_id, manifest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX manifest_references_by_digest ON manifest_references (repository_id, digest);
    `,
    postgres: `
      CREATE TABLE blobs (
        digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
        size_bytes BIGINT NOT NULL,
        leased_at BIGINT NOT NULL,
        checked_at BIGINT NOT NULL,
        quarantined_at BIGINT
      );
      CREATE INDEX blobs_by_check ON blobs (checked_at);
      ALTER TABLE repository_blobs ADD COLUMN leased_at BIGINT NOT NULL DEFAULT 0;
      ALTER TABLE manifests ADD COLUMN is_indexed BIGINT NOT NULL DEFAULT 0;
      CREATE INDEX manifests_by_digest ON manifests (digest);
      CREATE INDEX manifests_not_indexed ON manifests (repository_id) WHERE is_indexed = 0;
      CREATE TABLE manifest_references (
        repository_id BIGINT NOT NULL,
        manifest TEXT COLLATE "C" NOT NULL,
        digest TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (repository_id, manifest, digest),
        FOREIGN KEY (repository_id, manifest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
      );
      CREATE INDEX manifest_references_by_digest ON manifest_references (repository_id, digest);
    `,
  },
  {
    sqlite: `
      CREATE TABLE mirrored_tags (
        repository_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        fresh_until INTEGER NOT NULL,
        PRIMARY KEY (repository_id, name),
        FOREIGN KEY (repository_id, name) REFERENCES tags (repository_id, name) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
    `,
    postgres: `
      CREATE TABLE mirrored_tags (
        repository_id BIGINT NOT NULL,
        name TEXT COLLATE "C" NOT NULL,
        fresh_until BIGINT NOT NULL,
        PRIMARY KEY (repository_id, name),
        FOREIGN KEY (repository_id, name) REFERENCES tags (repository_id, name) ON DELETE CASCADE
      );
    `,
  },
]
