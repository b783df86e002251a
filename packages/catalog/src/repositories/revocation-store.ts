import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import { isRepositoryName } from '../names.ts'

/** What was granted for a repository of that name until now counts no more. */
export async function revokeGrants(db: CatalogWriter, name: string, revokedAt: number): Promise<void> {
  await db
    .insertInto('hub_revocations')
    .values({ name, revoked_at: revokedAt })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ revoked_at: revokedAt }))
    .execute()
}

/** `name` may be any text. */
export async function findRevokedAt(db: CatalogReader, name: string): Promise<number | undefined> {
  if (!isRepositoryName(name)) return undefined
  const row = await db
    .selectFrom('hub_revocations')
    .select('revoked_at')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.revoked_at
}

export async function forgetRevokedBefore(db: CatalogWriter, at: number): Promise<void> {
  await db.deleteFrom('hub_revocations').where('revoked_at', '<', at).execute()
}
