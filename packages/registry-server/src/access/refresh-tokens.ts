import type { Account, Accounts } from './accounts.ts'
import type { RefreshTokenStore } from './refresh-token-store.ts'

/** Logins that last: who shows the token has logged in, until the login is ended. */
export interface RefreshTokens {
  issue(account: Account, client: TokenClient): Promise<string>
  /** The login that a token was issued to; undefined when it counts no more. */
  findAccount(token: string): Promise<Account | undefined>
}

/** What asks for a token. */
export interface TokenClient {
  address: string
  /** As it says itself. */
  userAgent: string
}

/** Accounts with one password each. */
export interface PasswordAccounts extends Accounts {
  /** Stands for the password without telling it: another one for another. Undefined when the account is gone. */
  findPasswordMark(name: string): Promise<string | undefined>
}

/** Logins that end when the account is gone or its password is another. */
export function passwordRefreshTokens(store: RefreshTokenStore, accounts: PasswordAccounts): RefreshTokens {
  return {
    issue: async ({ name }) => store.issue(name, (await accounts.findPasswordMark(name)) ?? ''),
    async findAccount(token) {
      const login = await store.findLogin(token)
      if (!login || (await accounts.findPasswordMark(login.name)) !== login.passwordMark) return undefined
      return { name: login.name }
    },
  }
}
