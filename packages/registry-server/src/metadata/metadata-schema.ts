import type { Generated } from 'kysely'
import { declareForBoth, type SqlMigration } from '@berth/sql'

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

const sweeping = declareForBoth(
  ({ integer, text, keyed }) => `
      CREATE TABLE blobs (
        digest ${text} NOT NULL PRIMARY KEY,
        size_bytes ${integer} NOT NULL,
        leased_at ${integer} NOT NULL,
        checked_at ${integer} NOT NULL,
        quarantined_at ${integer}
      )${keyed};
      CREATE INDEX blobs_by_check ON blobs (checked_at);
      ALTER TABLE repository_blobs ADD COLUMN leased_at ${integer} NOT NULL DEFAULT 0;
      ALTER TABLE manifests ADD COLUMN is_indexed ${integer} NOT NULL DEFAULT 0;
      CREATE INDEX manifests_by_digest ON manifests (digest);
      CREATE INDEX manifests_not_indexed ON manifests (repository_id) WHERE is_indexed = 0;
      CREATE TABLE manifest_references (
        repository_id ${integer} NOT NULL,
        manifest ${text} NOT NULL,
        digest ${text} NOT NULL,
        PRIMARY KEY (repository_id, manifest, digest),
        FOREIGN KEY (repository_id, manifest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
      )${keyed};
      CREATE INDEX manifest_references_by_digest ON manifest_references (repository_id, digest);
    `,
)

/** Tables of SQLite alone are old enough to hold something before this step. */
const whatWasThere = `
  INSERT OR IGNORE INTO blobs SELECT digest, size_bytes, created_at, 0, NULL FROM repository_blobs;
  INSERT OR IGNORE INTO blobs SELECT digest, size_bytes, created_at, 0, NULL FROM manifests;
  UPDATE repository_blobs SET leased_at = created_at;
`

/** PostgreSQL sorts by bytes here too: the specification's lists are in lexical order. */
export const metadataMigrations: readonly SqlMigration[] = [
  declareForBoth(
    ({ id, integer, text, end, keyed }) => `
      CREATE TABLE repositories (
        id ${id},
        name ${text} NOT NULL UNIQUE,
        created_at ${integer} NOT NULL
      )${end};
      CREATE TABLE repository_blobs (
        repository_id ${integer} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        digest ${text} NOT NULL,
        size_bytes ${integer} NOT NULL,
        created_at ${integer} NOT NULL,
        PRIMARY KEY (repository_id, digest)
      )${keyed};
      CREATE INDEX repository_blobs_by_digest ON repository_blobs (digest);
      CREATE TABLE manifests (
        repository_id ${integer} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
        digest ${text} NOT NULL,
        media_type ${text} NOT NULL,
        size_bytes ${integer} NOT NULL,
        subject ${text},
        artifact_type ${text},
        annotations ${text},
        created_at ${integer} NOT NULL,
        PRIMARY KEY (repository_id, digest)
      )${keyed};
      CREATE INDEX manifests_by_subject ON manifests (repository_id, subject, digest) WHERE subject IS NOT NULL;
      CREATE TABLE tags (
        repository_id ${integer} NOT NULL,
        name ${text} NOT NULL,
        digest ${text} NOT NULL,
        updated_at ${integer} NOT NULL,
        PRIMARY KEY (repository_id, name),
        FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest) ON DELETE CASCADE
      )${keyed};
      CREATE INDEX tags_by_digest ON tags (repository_id, digest);
    `,
  ),
  { ...sweeping, sqlite: sweeping.sqlite + whatWasThere },
  declareForBoth(
    ({ integer, text, keyed }) => `
      CREATE TABLE mirrored_tags (
        repository_id ${integer} NOT NULL,
        name ${text} NOT NULL,
        fresh_until ${integer} NOT NULL,
        PRIMARY KEY (repository_id, name),
        FOREIGN KEY (repository_id, name) REFERENCES tags (repository_id, name) ON DELETE CASCADE
      )${keyed};
    `,
  ),
]
