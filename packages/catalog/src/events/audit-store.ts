import type { AuditEntry } from '../webhooks.ts'
import type { CatalogDatabase, CatalogReader, CatalogWriter } from '../database/catalog-database.ts'

/** Who did something: a viewer, or a name that the registry knows. */
export interface Actor {
  account: { name: string } | undefined
  address: string
}

export interface NewAuditEntry {
  namespaceId: number
  action: string
  subject: string
  by: Actor
  detail?: Readonly<Record<string, string>>
}

/** In the transaction of what is told of: both are there or neither. */
export async function insertAudit(
  { now }: Pick<CatalogDatabase, 'now'>,
  transaction: CatalogWriter,
  { namespaceId, action, subject, by, detail = {} }: NewAuditEntry,
): Promise<void> {
  await transaction
    .insertInto('hub_audit')
    .values({
      namespace_id: namespaceId,
      at: now(),
      action,
      actor: by.account?.name ?? null,
      address: by.address,
      subject,
      detail: JSON.stringify(detail),
    })
    .execute()
}

export interface AuditQuery {
  namespaceId: number
  action: string | undefined
  from: number | undefined
  to: number | undefined
  offset: number
  limit: number
}

export async function listAuditEntries(
  db: CatalogReader,
  query: AuditQuery,
): Promise<{ count: number; entries: AuditEntry[] }> {
  let matching = db.selectFrom('hub_audit').where('namespace_id', '=', query.namespaceId)
  if (query.action !== undefined) matching = matching.where('action', '=', query.action)
  if (query.from !== undefined) matching = matching.where('at', '>=', query.from)
  if (query.to !== undefined) matching = matching.where('at', '<=', query.to)
  const { count } = await matching
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const rows = await matching
    .select(['at', 'action', 'actor', 'address', 'subject', 'detail'])
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit)
    .offset(query.offset)
    .execute()
  const entries = rows.map(({ actor, detail, ...row }) => ({
    ...row,
    actor: actor ?? undefined,
    detail: JSON.parse(detail) as Record<string, string>,
  }))
  return { count, entries }
}

export async function deleteAuditBefore(db: CatalogWriter, at: number): Promise<void> {
  await db.deleteFrom('hub_audit').where('at', '<', at).execute()
}
