import { RegistryError } from '../registry-error.ts'
import type { Account, Accounts } from './accounts.ts'
import { RecentValues } from './recent-values.ts'

const failuresMax = 10
const windowMs = 60_000
const rememberMax = 100_000

/**
 * Lets passwords be tried a few times a minute for each account and for each address; then TOO_MANY_REQUESTS until the
 * minute is over, for right ones too.
 */
export class LoginGuard {
  readonly #accounts: Accounts
  readonly #failures: RecentValues<number>

  constructor(accounts: Accounts, now: () => number) {
    this.#accounts = accounts
    this.#failures = new RecentValues({ limit: rememberMax, lifeMs: windowMs, now })
  }

  /** Throws UNAUTHORIZED for a wrong name or password, in the same words and after the same time. */
  async authenticate(
    { name, password }: { name: string; password: string },
    address: string,
  ): Promise<Account> {
    const keys = [`account ${name}`, `address ${address}`]
    if (keys.some((key) => (this.#failures.get(key) ?? 0) >= failuresMax))
      throw new RegistryError('TOO_MANY_REQUESTS', {
        message: 'too many failed logins',
        retryAfterMs: windowMs,
      })
    // Counted before it is tried: many at once are many.
    for (const key of keys) this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1)
    const account = await this.#accounts.authenticate(name, password)
    if (!account) throw new RegistryError('UNAUTHORIZED')
    for (const key of keys) this.#failures.set(key, (this.#failures.get(key) ?? 1) - 1)
    return account
  }
}
