import type { Catalog } from '../catalog.ts'
import type { Viewer } from '../viewer.ts'

export type AccountRole = 'user' | 'administrator'

const address = '192.0.2.1'

export const passwordOf = (name: string): string => `the password of ${name}`

/** Signs somebody up, or makes an administrator, and gives what they ask with. */
export async function addAccount(
  { accounts }: Catalog,
  name: string,
  role: AccountRole = 'user',
): Promise<Viewer> {
  const form = { name, email: `${name}@example.test`, password: passwordOf(name) }
  const account =
    role === 'administrator' ? await accounts.createAdministrator(form) : await accounts.signUp(form, address)
  return { account, scope: 'repo:admin', tokenId: undefined, address }
}
