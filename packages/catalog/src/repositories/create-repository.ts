import type { CatalogDatabase, CatalogWriter } from '../database/catalog-database.ts'
import { insertAudit, type Actor } from '../events/audit-store.ts'
import { isOfficialName } from '../names.ts'
import { putSearchEntry } from '../search/search-store.ts'
import { insertRepository, type NewRepositoryRecord } from './repository-store.ts'

/** The new repository's id, or undefined when there is one of that name. What the plan says is asked before. */
export async function createRepositoryRecord(
  database: CatalogDatabase,
  transaction: CatalogWriter,
  { by, ...form }: Omit<NewRepositoryRecord, 'createdAt'> & { by: Actor },
): Promise<number | undefined> {
  const id = await insertRepository(transaction, { ...form, createdAt: database.now() })
  if (id === undefined) return undefined
  const counts = { starCount: 0, pullCount: 0 }
  const marks = { isOfficial: isOfficialName(form.name), isAutomated: form.source !== undefined }
  await putSearchEntry(transaction, { ...form, ...counts, ...marks, id })
  await insertAudit(database, transaction, {
    namespaceId: form.namespaceId,
    action: 'repo.create',
    subject: form.name,
    by,
    detail: { visibility: form.isPrivate ? 'private' : 'public' },
  })
  return id
}
