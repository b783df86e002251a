import { createHash, randomBytes } from 'node:crypto'
import type { SqlTables } from '@berth/sql'
import type { AccessSchema } from './access-schema.ts'

/** One that nobody used for so long is void. */
const idleMsMax = 90 * 24 * 60 * 60 * 1000
const usedAtGranularityMs = 60 * 60 * 1000

/**
 * Logins that last. A token is random and only its hash is kept. It stays the same when it is used: clients keep it in a
 * file that they do not write again.
 */
export class RefreshTokenStore {
  readonly #tables: SqlTables<AccessSchema>
  readonly #now: () => number

  constructor(tables: SqlTables<AccessSchema>, now: () => number) {
    this.#tables = tables
    this.#now = now
  }

  async issue(account: string, passwordMark: string): Promise<string> {
    const token = randomBytes(32).toString('base64url')
    const row = {
      hash: hashOf(token),
      account,
      password_mark: passwordMark,
      used_at: this.#now(),
    }
    await this.#tables.writes.run(async (transaction) => {
      await transaction
        .deleteFrom('refresh_tokens')
        .where('used_at', '<', this.#now() - idleMsMax)
        .execute()
      await transaction.insertInto('refresh_tokens').values(row).execute()
    })
    return token
  }

  /** What a token was issued for, unless nobody used it for long. */
  async findLogin(token: string): Promise<{ name: string; passwordMark: string } | undefined> {
    const hash = hashOf(token)
    const row = await this.#tables.db
      .selectFrom('refresh_tokens')
      .select(['account', 'password_mark', 'used_at'])
      .where('hash', '=', hash)
      .executeTakeFirst()
    const idleMs = this.#now() - (row?.used_at ?? 0)
    if (!row || idleMs > idleMsMax) return undefined
    if (idleMs > usedAtGranularityMs) await this.#touch(hash)
    return { name: row.account, passwordMark: row.password_mark }
  }

  async #touch(hash: string): Promise<void> {
    await this.#tables.writes.run((transaction) =>
      transaction
        .updateTable('refresh_tokens')
        .set({ used_at: this.#now() })
        .where('hash', '=', hash)
        .execute(),
    )
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
