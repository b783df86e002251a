import type { CatalogReader } from '../database/catalog-database.ts'
import { findMemberRole } from '../organizations/member-store.ts'
import type { NamespaceRecord } from '../organizations/namespace-store.ts'
import { heldBy, scopeLevel, type Level, type RightsHolder } from '../rights.ts'

/**
 * What somebody may do in a namespace with a repository that is not there yet: all, for whose it is, within what the
 * scope lets through; else nothing.
 */
export async function levelInNamespace(
  db: CatalogReader,
  viewer: RightsHolder,
  namespace: NamespaceRecord,
): Promise<Level> {
  const account = heldBy(viewer)
  if (!account) return 0
  const isTheirs =
    account.isAdministrator ||
    account.id === namespace.id ||
    (await findMemberRole(db, { organizationId: namespace.id, accountId: account.id })) === 'owner'
  return isTheirs ? scopeLevel(viewer) : 0
}
