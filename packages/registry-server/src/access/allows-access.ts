import type { Access } from '../access-policy.ts'
import type { Account, Accounts } from './accounts.ts'

/** Whether an account, or with undefined everyone, may do it now; the version check aside, which asks for nothing. */
export async function allowsAccess(
  accounts: Pick<Accounts, 'actions' | 'mayListRepositories' | 'maySearch'>,
  account: Account | undefined,
  access: Exclude<Access, { action: 'base' }>,
): Promise<boolean> {
  if (access.action === 'catalog') return accounts.mayListRepositories(account)
  if (access.action === 'search') return accounts.maySearch(account)
  return (await accounts.actions(account, access.repository)).has(access.action)
}
