import type { Account, Accounts } from './accounts.ts'
import type { LoginLimits } from './login-limits.ts'

/** Asks accounts, as often as the limits of logins let it. */
export class LoginGuard {
  readonly #accounts: Accounts
  readonly #limits: LoginLimits

  constructor(accounts: Accounts, limits: LoginLimits) {
    this.#accounts = accounts
    this.#limits = limits
  }

  /** Throws UNAUTHORIZED for a wrong name or password, in the same words and after the same time. */
  authenticate({ name, password }: { name: string; password: string }, address: string): Promise<Account> {
    const isRandom = this.#accounts.isRandomSecret?.(password) ?? false
    return this.#limits.try({ name, address, isRandom }, () => this.#accounts.authenticate(name, password))
  }
}
