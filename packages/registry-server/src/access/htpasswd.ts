import { createHash, createHmac, randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { matchesGlob } from 'node:path'
import { CodedError, messageOf, type Logger } from '@berth/stdx'
import { RecentValues } from './recent-values.ts'
import type { Account, RepositoryAction } from './accounts.ts'
import type { PasswordAccounts } from './refresh-tokens.ts'

const lookMs = 1000
/** bcrypt is slow on purpose: who was let in a moment ago is let in again without it. */
const rememberMs = 5 * 60 * 1000
const rememberMax = 10_000
/** Compared with when there is no account at all. */
const decoyHash = '$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'

export interface HtpasswdOptions {
  /**
   * Lines of `name:bcrypt hash`, as `htpasswd -B` writes them; read again when it changes. One that cannot be used then
   * changes nothing, and the log says so.
   */
  path: string
  /** Compares with a bcrypt hash. */
  compare: (password: string, hash: string) => Promise<boolean>
  /** Repositories that everyone may pull, as patterns with `*`. */
  publicRepositories: readonly string[]
  logger: Logger
  /** Milliseconds since the epoch (default: the machine's clock). */
  now?: () => number
}

/** Accounts from a file: those in it may do everything, everyone else may pull what is public. Throws what reading throws. */
export async function openHtpasswd(options: HtpasswdOptions): Promise<PasswordAccounts> {
  const accounts = new Htpasswd(options)
  await accounts.load()
  return accounts
}

const all: ReadonlySet<RepositoryAction> = new Set(['pull', 'push', 'delete'])
const pull: ReadonlySet<RepositoryAction> = new Set(['pull'])
const none: ReadonlySet<RepositoryAction> = new Set()

class Htpasswd implements PasswordAccounts {
  readonly #options: HtpasswdOptions
  readonly #now: () => number
  readonly #recent: RecentValues<true>
  readonly #recentKey = randomBytes(32)
  #hashes = new Map<string, string>()
  #modifiedAt = 0
  #lookedAt = 0
  /** What is wrong with the file, said once. */
  #trouble: string | undefined

  constructor(options: HtpasswdOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#recent = new RecentValues({ limit: rememberMax, lifeMs: rememberMs, now: this.#now })
  }

  async load(): Promise<void> {
    const { path } = this.#options
    this.#lookedAt = this.#now()
    const { mtimeMs } = await stat(path)
    if (mtimeMs === this.#modifiedAt) return
    this.#hashes = parseHtpasswd(await readFile(path, 'utf8'), path)
    this.#modifiedAt = mtimeMs
  }

  async #loadAgain(): Promise<void> {
    try {
      await this.load()
      this.#trouble = undefined
    } catch (error) {
      const { path, logger } = this.#options
      if (this.#trouble !== messageOf(error)) logger.error('accounts stay as they were', { path, error })
      this.#trouble = messageOf(error)
    }
  }

  async authenticate(name: string, password: string): Promise<Account | undefined> {
    const hash = await this.#findHash(name)
    const proof = createHmac('sha256', this.#recentKey)
      .update(JSON.stringify([name, password, hash]))
      .digest('base64')
    if (hash !== undefined && this.#recent.get(proof)) return { name }
    // For an unknown name somebody else's: the time it takes, which depends on the hash, then tells nothing.
    const [decoy = decoyHash] = this.#hashes.values()
    const isRight = await this.#options.compare(password, hash ?? decoy)
    if (hash === undefined || !isRight) return undefined
    this.#recent.set(proof, true)
    return { name }
  }

  async findAccount({ name }: Account): Promise<Account | undefined> {
    return (await this.#findHash(name)) === undefined ? undefined : { name }
  }

  async findPasswordMark(name: string): Promise<string | undefined> {
    const hash = await this.#findHash(name)
    return hash === undefined ? undefined : createHash('sha256').update(hash).digest('base64url')
  }

  async #findHash(name: string): Promise<string | undefined> {
    if (this.#now() - this.#lookedAt > lookMs) await this.#loadAgain()
    return this.#hashes.get(name)
  }

  async actions(account: Account | undefined, repository: string): Promise<ReadonlySet<RepositoryAction>> {
    if (account) return all
    const isPublic = this.#options.publicRepositories.some((pattern) => matchesGlob(repository, pattern))
    return isPublic ? pull : none
  }

  async mayListRepositories(account: Account | undefined): Promise<boolean> {
    return account !== undefined
  }

  async maySearch(account: Account | undefined): Promise<boolean> {
    return account !== undefined
  }
}

/** Reads `name:hash` lines; throws `invalid-argument` for what is no bcrypt, without showing it. */
export function parseHtpasswd(text: string, path: string): Map<string, string> {
  const hashes = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const colon = line.indexOf(':')
    const hash = line.slice(colon + 1).trim()
    if (colon < 1 || !/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)) {
      throw new CodedError('invalid-argument', `Cannot read ${path}: line ${index + 1} is not name:bcrypt`, {
        hint: 'Write it with "htpasswd -B".',
      })
    }
    hashes.set(line.slice(0, colon), hash)
  }
  return hashes
}
