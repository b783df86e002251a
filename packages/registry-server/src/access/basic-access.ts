import type { Access, AccessPolicy, Grant } from '../access-policy.ts'
import type { Account, Accounts } from './accounts.ts'
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
        allows: (access) => isAllowed(accounts, account, access),
        challenge: () => (account ? undefined : challenge),
      }
    },
    challenge: () => challenge,
  }
}

async function isAllowed(accounts: Accounts, account: Account | undefined, access: Access): Promise<boolean> {
  // The version check is how clients find out that there is a login, so it wants one.
  if (access.action === 'base') return account !== undefined
  if (access.action === 'catalog') return accounts.mayListRepositories(account)
  if (access.action === 'search') return accounts.maySearch(account)
  return (await accounts.actions(account, access.repository)).has(access.action)
}
