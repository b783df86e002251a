import { CodedError } from '@berth/stdx'
import type { CatalogContents } from '../catalog.ts'
import { lockNamespace, type CatalogDatabase, type CatalogReader } from '../database/catalog-database.ts'
import { findSoleOwnership, listMemberships } from '../organizations/member-store.ts'
import { deleteNamespace } from '../organizations/namespace-store.ts'
import { removeRepository } from '../repositories/remove-repository.ts'
import { listNamespaceRepositories } from '../repositories/repository-store.ts'
import { removeStars } from '../repositories/star-store.ts'
import type { Viewer } from '../viewer.ts'

const batchMax = 100

/**
 * Deletes the viewer's account with its repositories, and with what else names it. Throws `failed-precondition` for the
 * last owner of an organization. When it ends half-way it can be called again.
 */
export async function deleteAccountRecord(
  { database, contents }: { database: CatalogDatabase; contents: Pick<CatalogContents, 'deleteRepository'> },
  viewer: Viewer,
  { id, name }: { id: number; name: string },
): Promise<void> {
  await refuseSoleOwner(database.db, id)
  for (;;) {
    const repositories = await listNamespaceRepositories(database.db, id, batchMax)
    if (repositories.length === 0) break
    for (const repository of repositories)
      await removeRepository({ database, contents }, { ...repository, namespaceId: id }, viewer)
  }
  await database.write(async (transaction) => {
    const organizations = await listMemberships(transaction, id)
    // In the same order everywhere; owners who leave at once are looked at one after the other.
    const ids = [id, ...organizations.map((organization) => organization.id)].toSorted((a, b) => a - b)
    for (const namespaceId of ids) await lockNamespace(database, transaction, namespaceId)
    await refuseSoleOwner(transaction, id)
    if ((await listNamespaceRepositories(transaction, id, 1)).length > 0)
      throw new CodedError('conflict', 'Cannot delete the account: a repository came meanwhile')
    await removeStars(transaction, id)
    await deleteNamespace(transaction, { id, name })
  })
}

async function refuseSoleOwner(db: CatalogReader, id: number): Promise<void> {
  const organization = await findSoleOwnership(db, id)
  if (organization === undefined) return
  throw new CodedError(
    'failed-precondition',
    `Cannot delete the account: it is the last owner of ${organization}`,
    { hint: 'Make somebody else an owner, or delete the organization.' },
  )
}
