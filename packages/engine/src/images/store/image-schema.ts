import type { Migration } from '@berth/stdx'

/** Tables of images: of what they hold, what names them, what index they came by and of what they were made. Only ever added to. */
export const imageMigrations: readonly Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE image (
        image_id TEXT PRIMARY KEY,
        created_at TEXT NOT NULL,
        record TEXT NOT NULL
      ) STRICT;
      CREATE TABLE image_blob (
        image_id TEXT NOT NULL REFERENCES image ON DELETE CASCADE,
        digest TEXT NOT NULL,
        PRIMARY KEY (image_id, digest)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE image_layer (
        image_id TEXT NOT NULL REFERENCES image ON DELETE CASCADE,
        diff_id TEXT NOT NULL,
        PRIMARY KEY (image_id, diff_id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE image_tag (
        name TEXT PRIMARY KEY,
        image_id TEXT NOT NULL REFERENCES image ON DELETE CASCADE,
        tagged_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX image_tag_image ON image_tag (image_id);
      CREATE TABLE image_digest (
        repository TEXT NOT NULL,
        digest TEXT NOT NULL,
        image_id TEXT NOT NULL REFERENCES image ON DELETE CASCADE,
        PRIMARY KEY (repository, digest)
      ) STRICT;
      CREATE INDEX image_digest_image ON image_digest (image_id);
    `),
  (database) =>
    database.exec(`
      ALTER TABLE image_layer ADD COLUMN digest TEXT;
      CREATE INDEX image_layer_pair ON image_layer (diff_id, digest);
    `),
  (database) =>
    database.exec(`
      CREATE TABLE image_index (
        image_id TEXT PRIMARY KEY REFERENCES image ON DELETE CASCADE,
        digest TEXT NOT NULL
      ) STRICT;
      CREATE TABLE image_member (
        image_id TEXT NOT NULL REFERENCES image ON DELETE CASCADE,
        member_id TEXT NOT NULL REFERENCES image ON DELETE CASCADE,
        PRIMARY KEY (image_id, member_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX image_member_member ON image_member (member_id);
    `),
  (database) =>
    database.exec(`
      CREATE TABLE image_parent (
        image_id TEXT PRIMARY KEY REFERENCES image ON DELETE CASCADE,
        parent_id TEXT NOT NULL REFERENCES image ON DELETE CASCADE
      ) STRICT;
      CREATE INDEX image_parent_parent ON image_parent (parent_id);
    `),
]
