import { declareForBoth, type SqlMigration } from '@berth/sql'

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
  declareForBoth(
    ({ integer, text, keyed }) => `
      CREATE TABLE refresh_tokens (
        hash ${text} NOT NULL PRIMARY KEY,
        account ${text} NOT NULL,
        password_mark ${text} NOT NULL,
        used_at ${integer} NOT NULL
      )${keyed};
      CREATE INDEX refresh_tokens_by_use ON refresh_tokens (used_at);
      CREATE TABLE signing_keys (
        kid ${text} NOT NULL PRIMARY KEY,
        private_key ${text} NOT NULL,
        created_at ${integer} NOT NULL
      )${keyed};
    `,
  ),
]
