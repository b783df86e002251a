import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { Team } from '../organizations.ts'
import type { RepositoryPermission } from '../repositories.ts'
import { permissionOfLevel, type Level } from '../rights.ts'

export async function findTeamId(
  db: CatalogReader,
  organizationId: number,
  name: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('hub_teams')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.id
}

export async function listTeamRecords(db: CatalogReader, organizationId: number): Promise<Team[]> {
  const rows = await db
    .selectFrom('hub_teams as t')
    .leftJoin('hub_team_members as m', 'm.team_id', 't.id')
    .select(['t.name', 't.description'])
    .select(({ fn }) => fn.count<number>('m.account_id').as('memberCount'))
    .where('t.organization_id', '=', organizationId)
    .groupBy(['t.id', 't.name', 't.description'])
    .orderBy('t.name')
    .execute()
  return rows.map((row) => ({ ...row }))
}

/** False when there is one of that name. */
export async function insertTeam(
  db: CatalogWriter,
  team: { organizationId: number; name: string; description: string },
): Promise<boolean> {
  const row = await db
    .insertInto('hub_teams')
    .values({ organization_id: team.organizationId, name: team.name, description: team.description })
    .onConflict((conflict) => conflict.columns(['organization_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function deleteTeamRecord(db: CatalogWriter, id: number): Promise<void> {
  await db.deleteFrom('hub_teams').where('id', '=', id).execute()
}

export async function listTeamMemberNames(db: CatalogReader, teamId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('hub_team_members as m')
    .innerJoin('hub_namespaces as n', 'n.id', 'm.account_id')
    .select('n.name')
    .where('m.team_id', '=', teamId)
    .orderBy('n.name')
    .execute()
  return rows.map(({ name }) => name)
}

export interface TeamMembership {
  teamId: number
  organizationId: number
  accountId: number
}

export async function insertTeamMember(db: CatalogWriter, member: TeamMembership): Promise<void> {
  await db
    .insertInto('hub_team_members')
    .values({ team_id: member.teamId, organization_id: member.organizationId, account_id: member.accountId })
    .onConflict((conflict) => conflict.columns(['team_id', 'account_id']).doNothing())
    .execute()
}

/** False when they were not in it. */
export async function deleteTeamMember(
  db: CatalogWriter,
  { teamId, accountId }: Omit<TeamMembership, 'organizationId'>,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('hub_team_members')
    .where('team_id', '=', teamId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return numDeletedRows > 0
}

/** Level 0 takes it away. */
export async function setTeamLevel(
  db: CatalogWriter,
  { teamId, repositoryId }: { teamId: number; repositoryId: number },
  level: Level,
): Promise<void> {
  await db
    .deleteFrom('hub_team_permissions')
    .where('team_id', '=', teamId)
    .where('repository_id', '=', repositoryId)
    .execute()
  if (level > 0)
    await db
      .insertInto('hub_team_permissions')
      .values({ team_id: teamId, repository_id: repositoryId, level })
      .execute()
}

export async function listTeamLevels(
  db: CatalogReader,
  repositoryId: number,
): Promise<{ team: string; permission: RepositoryPermission }[]> {
  const rows = await db
    .selectFrom('hub_team_permissions as p')
    .innerJoin('hub_teams as t', 't.id', 'p.team_id')
    .select(['t.name', 'p.level'])
    .where('p.repository_id', '=', repositoryId)
    .orderBy('t.name')
    .execute()
  return rows.map(({ name, level }) => ({
    team: name,
    permission: permissionOfLevel(level as Level) ?? 'read',
  }))
}
