import type { RegistryNote } from '../catalog.ts'
import type { CatalogDatabase, CatalogWriter } from '../database/catalog-database.ts'
import { insertAudit, type Actor } from '../events/audit-store.ts'
import { isRepositoryName, namespaceOf } from '../names.ts'
import { findNamespace } from '../organizations/namespace-store.ts'
import { createRepositoryRecord } from '../repositories/create-repository.ts'
import {
  addPullCount,
  findRepositoryRecord,
  updateRepositoryRecord,
  type RepositoryRecord,
} from '../repositories/repository-store.ts'
import type { RightsHolder } from '../rights.ts'
import { refreshSearchEntries } from '../search/search-store.ts'
import { createDeliveries } from '../webhooks/create-deliveries.ts'
import { deleteTagPushes, putTagPush } from './tag-push-store.ts'

/** Nobody's rights are asked for: the registry has done it already. */
const registry: RightsHolder = { account: undefined, scope: 'repo:admin' }

const actorOf = ({ account, address = '' }: RegistryNote): Actor => ({
  account: account === undefined ? undefined : { name: account },
  address,
})

/** The first push makes the repository, for everyone to see; pushes outside of every namespace are not the hub's. */
export async function recordPush(
  { database, publicUrl }: { database: CatalogDatabase; publicUrl: string },
  transaction: CatalogWriter,
  note: RegistryNote,
): Promise<void> {
  const repository = await openRepository(database, transaction, note)
  if (!repository) return
  const by = actorOf(note)
  const at = database.now()
  await updateRepositoryRecord(transaction, repository.id, { updatedAt: at })
  for (const tag of note.tags) {
    await putTagPush(transaction, { repositoryId: repository.id, tag, account: note.account, pushedAt: at })
    await insertAudit(database, transaction, {
      namespaceId: repository.namespaceId,
      action: 'repo.tag.push',
      subject: repository.name,
      by,
      detail: { tag, ...(note.digest ? { digest: note.digest } : {}) },
    })
    await createDeliveries({ database, publicUrl }, transaction, {
      repository,
      push: { tag, pusher: note.account, pushedAt: at },
    })
  }
}

export async function recordDelete(
  database: CatalogDatabase,
  transaction: CatalogWriter,
  note: RegistryNote,
): Promise<void> {
  const repository = await findRepositoryRecord(transaction, registry, note.repository)
  if (!repository) return
  await updateRepositoryRecord(transaction, repository.id, { updatedAt: database.now() })
  const common = { namespaceId: repository.namespaceId, subject: repository.name, by: actorOf(note) }
  for (const tag of note.tags) {
    await deleteTagPushes(transaction, { repositoryId: repository.id, tag })
    await insertAudit(database, transaction, { ...common, action: 'repo.tag.delete', detail: { tag } })
  }
  // A manifest with whatever tags it had.
  if (note.digest !== undefined)
    await insertAudit(database, transaction, {
      ...common,
      action: 'repo.manifest.delete',
      detail: { digest: note.digest },
    })
}

export async function countPulls(
  transaction: CatalogWriter,
  { repository, count }: { repository: string; count: number },
): Promise<void> {
  if (!isRepositoryName(repository)) return
  const id = await addPullCount(transaction, repository, count)
  if (id !== undefined) await refreshSearchEntries(transaction, [id])
}

async function openRepository(
  database: CatalogDatabase,
  transaction: CatalogWriter,
  note: RegistryNote,
): Promise<RepositoryRecord | undefined> {
  const { repository: name } = note
  const known = await findRepositoryRecord(transaction, registry, name)
  if (known || !isRepositoryName(name)) return known
  const namespace = await findNamespace(transaction, namespaceOf(name))
  if (!namespace) return undefined
  await createRepositoryRecord(database, transaction, {
    namespaceId: namespace.id,
    name,
    isPrivate: false,
    description: '',
    fullDescription: '',
    categories: [],
    source: undefined,
    by: actorOf(note),
  })
  return findRepositoryRecord(transaction, registry, name)
}
