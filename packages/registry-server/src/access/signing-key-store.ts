import type { SqlTables } from '@berth/sql'
import type { AccessSchema } from './access-schema.ts'

export interface StoredKey {
  kid: string
  /** PKCS #8, PEM. */
  privateKey: string
  createdAt: number
}

/** Private keys that all processes of a registry sign with. */
export class SigningKeyStore {
  readonly #tables: SqlTables<AccessSchema>

  constructor(tables: SqlTables<AccessSchema>) {
    this.#tables = tables
  }

  /** The oldest first. */
  async listKeys(): Promise<StoredKey[]> {
    const rows = await this.#tables.db
      .selectFrom('signing_keys')
      .selectAll()
      .orderBy('created_at')
      .orderBy('kid')
      .execute()
    return rows.map((row) => ({ kid: row.kid, privateKey: row.private_key, createdAt: row.created_at }))
  }

  /** Adds a key, and deletes those from before `retiredBefore`. */
  async addKey({ kid, privateKey, createdAt }: StoredKey, retiredBefore: number): Promise<void> {
    await this.#tables.writes.run(async (transaction) => {
      await transaction.deleteFrom('signing_keys').where('created_at', '<', retiredBefore).execute()
      await transaction
        .insertInto('signing_keys')
        .values({ kid, private_key: privateKey, created_at: createdAt })
        .execute()
    })
  }
}
