import type { SqlMigration } from '@berth/sql'

/** What a token service keeps; times are milliseconds since the epoch. */
export interface AccessSchema {
  refresh_tokens: RefreshTokenTable
  signing_keys: SigningKeyTable
}

interface RefreshTokenTable {
  /** Of the token, which is random: that cannot be found from it. */
  hash: string
  account: string
  /** The password that it was given for, as `PasswordAccounts` marks it. */
  password_mark: string
  used_at: number
}

interface SigningKeyTable {
  kid: string
  /** PKCS #8, PEM. Who reads it can sign tokens as long as the key is believed. */
  private_key: string
  created_at: number
}

export const accessMigrations: readonly SqlMigration[] = [
  {
    sqlite: `
      CREATE TABLE refresh_tokens (
        hash TEXT NOT NULL PRIMARY KEY,
        account TEXT NOT NULL,
        password_mark TEXT NOT NULL,
        used_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX refresh_tokens_by_use ON refresh_tokens (used_at);
      CREATE TABLE signing_keys (
        kid TEXT NOT NULL PRIMARY KEY,
        private_key TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
    postgres: `
      CREATE TABLE refresh_tokens (
        hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
        account TEXT COLLATE "C" NOT NULL,
        password_mark TEXT COLLATE "C" NOT NULL,
        used_at BIGINT NOT NULL
      );
      CREATE INDEX refresh_tokens_by_use ON refresh_tokens (used_at);
      CREATE TABLE signing_keys (
        kid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
        private_key TEXT COLLATE "C" NOT NULL,
        created_at BIGINT NOT NULL
      );
    `,
  },
]
