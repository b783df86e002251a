import type { AccessPolicy, Grant } from '../access-policy.ts'
import type { Accounts } from './accounts.ts'
import { allowsAccess } from './allows-access.ts'
import { parseBasic } from './basic-credentials.ts'
import type { LoginGuard } from './login-guard.ts'

const challenge = 'Basic realm="registry", charset="UTF-8"'

/** Every request shows name and password, or is everyone's. */
export function basicAccess(accounts: Accounts, guard: LoginGuard): AccessPolicy {
  return {
    async grant({ authorization }, address): Promise<Grant> {
      const login = parseBasic(authorization)
      const account = login && (await guard.authenticate(login, address))
      return {
        account: account?.name,
        // The version check is how clients find out that there is a login, so it wants one.
        allows: (access) =>
          access.action === 'base' ? account !== undefined : allowsAccess(accounts, account, access),
        challenge: () => (account ? undefined : challenge),
      }
    },
    challenge: () => challenge,
  }
}
