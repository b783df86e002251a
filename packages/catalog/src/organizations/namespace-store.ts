import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { NamespaceKind } from '../database/catalog-schema.ts'
import { isNamespaceName } from '../names.ts'
import type { PlanName } from '../viewer.ts'

/** The first part of repository names: an account's, an organization's, or `library`. */
export interface NamespaceRecord {
  id: number
  name: string
  kind: NamespaceKind
  fullName: string
  plan: PlanName
  createdAt: number
}

export type NewNamespace = Omit<NamespaceRecord, 'id' | 'plan'>

/** `name` may be any text. */
export async function findNamespace(db: CatalogReader, name: string): Promise<NamespaceRecord | undefined> {
  if (!isNamespaceName(name)) return undefined
  const row = await db.selectFrom('hub_namespaces').selectAll().where('name', '=', name).executeTakeFirst()
  return row && toNamespace(row)
}

export function toNamespace(row: {
  id: number
  name: string
  kind: NamespaceKind
  full_name: string
  plan: PlanName
  created_at: number
}): NamespaceRecord {
  const { id, name, kind, plan } = row
  return { id, name, kind, plan, fullName: row.full_name, createdAt: row.created_at }
}

/** The new namespace's id; undefined when the name is taken or was once. */
export async function insertNamespace(db: CatalogWriter, form: NewNamespace): Promise<number | undefined> {
  const retired = await db
    .selectFrom('hub_retired_names')
    .select('name')
    .where('name', '=', form.name)
    .executeTakeFirst()
  if (retired) return undefined
  const row = await db
    .insertInto('hub_namespaces')
    .values({
      name: form.name,
      kind: form.kind,
      full_name: form.fullName,
      plan: 'personal',
      created_at: form.createdAt,
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

export async function updateNamespace(
  db: CatalogWriter,
  id: number,
  change: { fullName?: string; plan?: PlanName },
): Promise<void> {
  if (change.fullName === undefined && change.plan === undefined) return
  await db
    .updateTable('hub_namespaces')
    .set({
      ...(change.fullName === undefined ? {} : { full_name: change.fullName }),
      ...(change.plan === undefined ? {} : { plan: change.plan }),
    })
    .where('id', '=', id)
    .execute()
}

/** With all that hangs on it. Nobody gets the name again: others trust what they pulled by it. */
export async function deleteNamespace(db: CatalogWriter, { id, name }: { id: number; name: string }) {
  await db.deleteFrom('hub_namespaces').where('id', '=', id).execute()
  await db
    .insertInto('hub_retired_names')
    .values({ name })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function findNamespaceById(db: CatalogReader, id: number): Promise<NamespaceRecord | undefined> {
  const row = await db.selectFrom('hub_namespaces').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toNamespace(row)
}
