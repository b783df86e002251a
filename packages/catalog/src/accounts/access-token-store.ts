import type { AccessToken } from '../accounts.ts'
import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'

export interface AccessTokenOwner {
  accountId: number
  token: AccessToken
}

export async function insertToken(
  db: CatalogWriter,
  token: AccessToken & { accountId: number; hash: string },
): Promise<void> {
  await db
    .insertInto('hub_access_tokens')
    .values({
      id: token.id,
      account_id: token.accountId,
      label: token.label,
      hash: token.hash,
      scope: token.scope,
      is_active: Number(token.isActive),
      created_at: token.createdAt,
      expires_at: token.expiresAt ?? null,
      used_at: null,
    })
    .execute()
}

/** One that counts: active and not expired. */
export async function findToken(
  db: CatalogReader,
  by: { hash: string } | { id: string },
  now: number,
): Promise<AccessTokenOwner | undefined> {
  const row = await db
    .selectFrom('hub_access_tokens')
    .selectAll()
    .where((row) => ('hash' in by ? row('hash', '=', by.hash) : row('id', '=', by.id)))
    .where('is_active', '=', 1)
    .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now)]))
    .executeTakeFirst()
  return row && { accountId: row.account_id, token: toToken(row) }
}

export async function listTokensOf(db: CatalogReader, accountId: number): Promise<AccessToken[]> {
  const rows = await db
    .selectFrom('hub_access_tokens')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toToken)
}

export async function updateToken(
  db: CatalogWriter,
  { id, accountId }: { id: string; accountId: number },
  change: { label: string | undefined; isActive: boolean | undefined },
): Promise<AccessToken | undefined> {
  const row = await db
    .updateTable('hub_access_tokens')
    .set((column) => ({
      label: change.label ?? column.ref('label'),
      is_active: change.isActive === undefined ? column.ref('is_active') : Number(change.isActive),
    }))
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .returningAll()
    .executeTakeFirst()
  return row && toToken(row)
}

export async function deleteToken(
  db: CatalogWriter,
  { id, accountId }: { id: string; accountId: number },
): Promise<string | undefined> {
  const row = await db
    .deleteFrom('hub_access_tokens')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .returning('label')
    .executeTakeFirst()
  return row?.label
}

export async function touchToken(db: CatalogWriter, id: string, usedAt: number): Promise<void> {
  await db.updateTable('hub_access_tokens').set({ used_at: usedAt }).where('id', '=', id).execute()
}

interface AccessTokenRow {
  id: string
  label: string
  scope: AccessToken['scope']
  is_active: number
  created_at: number
  expires_at: number | null
  used_at: number | null
}

function toToken(row: AccessTokenRow): AccessToken {
  return {
    id: row.id,
    label: row.label,
    scope: row.scope,
    isActive: row.is_active === 1,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.used_at ?? undefined,
  }
}
