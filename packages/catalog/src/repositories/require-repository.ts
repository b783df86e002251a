import type { CatalogReader } from '../database/catalog-database.ts'
import { noSuch, refusal } from '../refusals.ts'
import type { RepositoryPermission } from '../repositories.ts'
import { levelOf } from '../rights.ts'
import type { Viewer } from '../viewer.ts'
import { findRepositoryRecord, type RepositoryRecord } from './repository-store.ts'

/** What the viewer needs, and what for: a verb with its object. */
export interface Need {
  permission: RepositoryPermission
  action: string
}

/**
 * The one way to a repository for all that shows or changes it. Throws `not-found` when the viewer may not see it, and
 * `unauthorized` or `forbidden` when they see it and may not do what they want.
 */
export async function requireRepository(
  db: CatalogReader,
  viewer: Viewer,
  { name, permission, action }: Need & { name: string },
): Promise<RepositoryRecord> {
  const repository = await findRepositoryRecord(db, viewer, name)
  if (!repository || repository.level < 1) throw noSuch('repository', name)
  if (repository.level < levelOf(permission)) throw refusal(viewer, action)
  return repository
}
