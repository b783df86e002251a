import { sql, type RawBuilder } from 'kysely'
import type { RepositoryPermission } from './repositories.ts'
import type { TokenScope, Viewer } from './viewer.ts'

/** What somebody may do with a repository, as a number that can be compared: 0 is nothing. */
export type Level = 0 | 1 | 2 | 3

const permissions = ['read', 'write', 'admin'] as const satisfies readonly RepositoryPermission[]

export const permissionOfLevel = (level: Level): RepositoryPermission | undefined => permissions[level - 1]

export const levelOf = (permission: RepositoryPermission): Level =>
  (permissions.indexOf(permission) + 1) as Level

/** A token that may only read what is public is asked as everyone is. */
const scopeLevels: Readonly<Record<TokenScope, Level>> = {
  'repo:public_read': 1,
  'repo:read': 1,
  'repo:write': 2,
  'repo:admin': 3,
}

/** The most that a scope lets through. */
export const scopeLevel = ({ scope }: RightsHolder): Level => scopeLevels[scope]

/** Whose rights count. */
export type RightsHolder = Pick<Viewer, 'account' | 'scope'>

export function heldBy({ account, scope }: RightsHolder): Viewer['account'] {
  return scope === 'repo:public_read' ? undefined : account
}

/**
 * The level of a row `r` of `hub_repositories`: the highest of what its visibility, its namespace, an organization, a
 * team or the repository itself gives, and not more than the scope lets through.
 */
export function levelFor(viewer: RightsHolder): RawBuilder<Level> {
  const account = heldBy(viewer)
  const scopeMax = sql.lit(scopeLevel(viewer))
  if (!account) return sql<Level>`(CASE WHEN r.is_private = 0 THEN 1 ELSE 0 END)`
  if (account.isAdministrator) return sql<Level>`(${scopeMax})`
  const { id } = account
  return sql<Level>`(SELECT CASE WHEN max(level) > ${scopeMax} THEN ${scopeMax} ELSE max(level) END FROM (
    SELECT CASE WHEN r.is_private = 0 THEN 1 ELSE 0 END AS level
    UNION ALL SELECT 3 WHERE r.namespace_id = ${id}
    UNION ALL SELECT 3 FROM hub_members m
      WHERE m.organization_id = r.namespace_id AND m.account_id = ${id} AND m.role = 'owner'
    UNION ALL SELECT c.level FROM hub_collaborators c WHERE c.repository_id = r.id AND c.account_id = ${id}
    UNION ALL SELECT p.level FROM hub_team_permissions p
      JOIN hub_team_members t ON t.team_id = p.team_id
      WHERE p.repository_id = r.id AND t.account_id = ${id}
  ) AS levels)`
}

/** Whether a row `r` is private and the viewer may read it: as `levelFor`, in a form that starts from the account. */
export function isReadablePrivate(viewer: RightsHolder): RawBuilder<boolean> {
  const account = heldBy(viewer)
  if (!account) return sql<boolean>`(1 = 0)`
  if (account.isAdministrator) return sql<boolean>`(r.is_private = 1)`
  const { id } = account
  return sql<boolean>`(r.is_private = 1 AND r.id IN (
    SELECT id FROM hub_repositories WHERE namespace_id = ${id} AND is_private = 1
    UNION SELECT o.id FROM hub_members m JOIN hub_repositories o ON o.namespace_id = m.organization_id
      WHERE m.account_id = ${id} AND m.role = 'owner' AND o.is_private = 1
    UNION SELECT repository_id FROM hub_collaborators WHERE account_id = ${id}
    UNION SELECT p.repository_id FROM hub_team_members t JOIN hub_team_permissions p ON p.team_id = t.team_id
      WHERE t.account_id = ${id}
  ))`
}
