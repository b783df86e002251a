import type { CatalogReader } from '../database/catalog-database.ts'
import type { OrganizationRole } from '../organizations.ts'
import { noSuch, refusal, requirePerson, requireSignedIn } from '../refusals.ts'
import type { Viewer } from '../viewer.ts'
import { findMemberRole } from './member-store.ts'
import { findNamespace, type NamespaceRecord } from './namespace-store.ts'

/**
 * An organization of which the viewer is a member, or an owner; administrators are as good as owners. Programs with a
 * token manage none. Throws `not-found`, `unauthorized` or `forbidden`.
 */
export async function requireOrganization(
  db: CatalogReader,
  viewer: Viewer,
  { name, role, action }: { name: string; role: OrganizationRole; action: string },
): Promise<NamespaceRecord> {
  const organization = await findNamespace(db, name)
  if (organization?.kind !== 'organization') throw noSuch('organization', name)
  const account = role === 'owner' ? requirePerson(viewer, action) : requireSignedIn(viewer, action)
  if (account.isAdministrator) return organization
  const has = await findMemberRole(db, { organizationId: organization.id, accountId: account.id })
  if (has === undefined || (role === 'owner' && has !== 'owner')) throw refusal(viewer, action)
  return organization
}
