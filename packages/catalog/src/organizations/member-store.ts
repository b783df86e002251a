import { sql } from 'kysely'
import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { Member, OrganizationRole } from '../organizations.ts'
import { toNamespace, type NamespaceRecord } from './namespace-store.ts'

export interface Membership {
  organizationId: number
  accountId: number
}

export async function findMemberRole(
  db: CatalogReader,
  { organizationId, accountId }: Membership,
): Promise<OrganizationRole | undefined> {
  const row = await db
    .selectFrom('hub_members')
    .select('role')
    .where('organization_id', '=', organizationId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return row?.role
}

export async function listMemberRecords(
  db: CatalogReader,
  organizationId: number,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ count: number; entries: Member[] }> {
  const members = db
    .selectFrom('hub_members as m')
    .innerJoin('hub_namespaces as n', 'n.id', 'm.account_id')
    .where('m.organization_id', '=', organizationId)
  const { count } = await members
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const rows = await members
    .select(['n.name as account', 'm.role'])
    .orderBy('n.name')
    .limit(limit)
    .offset(offset)
    .execute()
  return { count, entries: rows.map(({ account, role }) => ({ account, role })) }
}

export async function putMember(
  db: CatalogWriter,
  { organizationId, accountId }: Membership,
  role: OrganizationRole,
): Promise<void> {
  await db
    .insertInto('hub_members')
    .values({ organization_id: organizationId, account_id: accountId, role })
    .onConflict((conflict) => conflict.columns(['organization_id', 'account_id']).doUpdateSet({ role }))
    .execute()
}

/** The member leaves every team as well. */
export async function deleteMember(
  db: CatalogWriter,
  { organizationId, accountId }: Membership,
): Promise<void> {
  await db
    .deleteFrom('hub_members')
    .where('organization_id', '=', organizationId)
    .where('account_id', '=', accountId)
    .execute()
}

/** Whether somebody else owns the organization, too. */
export async function hasOtherOwner(
  db: CatalogReader,
  { organizationId, accountId }: Membership,
): Promise<boolean> {
  const row = await db
    .selectFrom('hub_members')
    .select('account_id')
    .where('organization_id', '=', organizationId)
    .where('role', '=', 'owner')
    .where('account_id', '<>', accountId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The name of an organization that the account alone owns. */
export async function findSoleOwnership(db: CatalogReader, accountId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('hub_members as m')
    .innerJoin('hub_namespaces as n', 'n.id', 'm.organization_id')
    .select('n.name')
    .where('m.account_id', '=', accountId)
    .where('m.role', '=', 'owner')
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM hub_members o WHERE o.organization_id = m.organization_id
        AND o.role = 'owner' AND o.account_id <> ${accountId})`,
    )
    .orderBy('n.name')
    .executeTakeFirst()
  return row?.name
}

/** The organizations that an account is a member of. */
export async function listMemberships(
  db: CatalogReader,
  accountId: number,
): Promise<(NamespaceRecord & { role: OrganizationRole })[]> {
  const rows = await db
    .selectFrom('hub_members as m')
    .innerJoin('hub_namespaces as n', 'n.id', 'm.organization_id')
    .selectAll('n')
    .select('m.role')
    .where('m.account_id', '=', accountId)
    .orderBy('n.name')
    .execute()
  return rows.map((row) => ({ ...toNamespace(row), role: row.role }))
}
