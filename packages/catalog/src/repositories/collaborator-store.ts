import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { RepositoryPermission } from '../repositories.ts'
import { permissionOfLevel, type Level } from '../rights.ts'

export interface Collaborator {
  account: string
  permission: RepositoryPermission
}

export async function listCollaborators(db: CatalogReader, repositoryId: number): Promise<Collaborator[]> {
  const rows = await db
    .selectFrom('hub_collaborators as c')
    .innerJoin('hub_namespaces as n', 'n.id', 'c.account_id')
    .select(['n.name', 'c.level'])
    .where('c.repository_id', '=', repositoryId)
    .orderBy('n.name')
    .execute()
  return rows.map(({ name, level }) => ({
    account: name,
    permission: permissionOfLevel(level as Level) ?? 'read',
  }))
}

/** Level 0 takes it away. */
export async function setCollaboratorLevel(
  db: CatalogWriter,
  { repositoryId, accountId }: { repositoryId: number; accountId: number },
  level: Level,
): Promise<void> {
  await db
    .deleteFrom('hub_collaborators')
    .where('repository_id', '=', repositoryId)
    .where('account_id', '=', accountId)
    .execute()
  if (level > 0)
    await db
      .insertInto('hub_collaborators')
      .values({ repository_id: repositoryId, account_id: accountId, level })
      .execute()
}
