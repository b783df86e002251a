import type { Sessions } from '@berth/catalog'
import type { Account, RefreshTokens } from '@berth/registry-server'
import { hubAccount, type HubAccount } from './catalog-accounts.ts'

/** Clients of registries keep a login for months without using it. */
const idleMs = 90 * 24 * 60 * 60 * 1000

/**
 * Logins of registry clients that last are sessions like those of browsers: one finds them in the same list, and they end
 * with the access token that they began with, and with a new password.
 */
export function sessionTokens(sessions: Sessions): RefreshTokens {
  return {
    async issue(account: Account, { address, userAgent }) {
      const { signedIn } = account as HubAccount
      return (await sessions.createSession(signedIn, { address, client: userAgent, idleMs })).secret
    },
    async findAccount(token) {
      const login = await sessions.findSession(token)
      return login && hubAccount(login)
    },
  }
}
