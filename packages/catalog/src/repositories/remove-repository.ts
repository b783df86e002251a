import type { CatalogContents } from '../catalog.ts'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { insertAudit, type Actor } from '../events/audit-store.ts'
import { removeSearchEntry } from '../search/search-store.ts'
import type { RepositoryRecord } from './repository-store.ts'

/**
 * Deletes what the registry holds, then what the catalog knows: when it ends half-way the repository is still there, empty
 * and its owner's, and can be deleted again.
 */
export async function removeRepository(
  { database, contents }: { database: CatalogDatabase; contents: Pick<CatalogContents, 'deleteRepository'> },
  repository: Pick<RepositoryRecord, 'id' | 'namespaceId' | 'name'>,
  by: Actor,
): Promise<void> {
  await contents.deleteRepository(repository.name)
  await database.write(async (transaction) => {
    await removeSearchEntry(transaction, repository.id)
    await transaction.deleteFrom('hub_repositories').where('id', '=', repository.id).execute()
    await insertAudit(database, transaction, {
      namespaceId: repository.namespaceId,
      action: 'repo.delete',
      subject: repository.name,
      by,
    })
  })
}
