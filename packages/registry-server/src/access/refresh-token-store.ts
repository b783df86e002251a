import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { migrate, openDatabase, type Migration } from '@berth/stdx'

/** One that nobody used for so long is void. */
const idleMsMax = 90 * 24 * 60 * 60 * 1000
const usedAtGranularityMs = 60 * 60 * 1000

const migrations: readonly Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE refresh_tokens (
        hash TEXT NOT NULL PRIMARY KEY,
        account TEXT NOT NULL,
        used_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX refresh_tokens_by_account ON refresh_tokens (account);
    `),
  (database) => database.exec(`ALTER TABLE refresh_tokens ADD COLUMN password_mark TEXT NOT NULL DEFAULT ''`),
]

/**
 * Logins that last. A token is random and only its hash is kept. It stays the same when it is used: clients keep it in a
 * file that they do not write again.
 */
export class RefreshTokenStore implements Disposable {
  readonly #database: DatabaseSync
  readonly #now: () => number

  constructor(path: string, now: () => number) {
    this.#database = openDatabase(path)
    this.#now = now
    migrate(this.#database, 'access', migrations)
  }

  issue(name: string, passwordMark: string): string {
    const token = randomBytes(32).toString('base64url')
    this.#database.prepare('DELETE FROM refresh_tokens WHERE used_at < ?').run(this.#now() - idleMsMax)
    this.#database
      .prepare('INSERT INTO refresh_tokens (hash, account, password_mark, used_at) VALUES (?, ?, ?, ?)')
      .run(hashOf(token), name, passwordMark, this.#now())
    return token
  }

  /** What a token was issued for, unless nobody used it for long. */
  findLogin(token: string): { name: string; passwordMark: string } | undefined {
    const row = this.#database
      .prepare('SELECT account, password_mark, used_at FROM refresh_tokens WHERE hash = ?')
      .get(hashOf(token))
    if (!row || this.#now() - Number(row['used_at']) > idleMsMax) return undefined
    if (this.#now() - Number(row['used_at']) > usedAtGranularityMs) this.#touch(token)
    return { name: String(row['account']), passwordMark: String(row['password_mark']) }
  }

  /** Voids every token of an account. */
  revoke(account: string): void {
    this.#database.prepare('DELETE FROM refresh_tokens WHERE account = ?').run(account)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #touch(token: string): void {
    this.#database
      .prepare('UPDATE refresh_tokens SET used_at = ? WHERE hash = ?')
      .run(this.#now(), hashOf(token))
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
