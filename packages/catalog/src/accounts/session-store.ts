import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import type { TokenScope } from '../viewer.ts'

export interface SessionRecord {
  id: string
  accountId: number
  tokenId: string | undefined
  scope: TokenScope
  address: string
  client: string
  createdAt: number
  usedAt: number
  idleMs: number
}

export async function insertSession(
  db: CatalogWriter,
  { hash, ...session }: SessionRecord & { hash: string },
): Promise<void> {
  await db
    .insertInto('hub_sessions')
    .values({
      id: session.id,
      hash,
      account_id: session.accountId,
      token_id: session.tokenId ?? null,
      scope: session.scope,
      address: session.address,
      client: session.client,
      created_at: session.createdAt,
      used_at: session.usedAt,
      idle_ms: session.idleMs,
    })
    .execute()
}

/** One that counts: neither idle too long, nor of an access token that counts no more. */
export async function findSessionRecord(
  db: CatalogReader,
  by: { hash: string } | { id: string },
  now: number,
): Promise<SessionRecord | undefined> {
  const sessions = selectSessions(db, now)
  const query = 'hash' in by ? sessions.where('s.hash', '=', by.hash) : sessions.where('s.id', '=', by.id)
  const row = await query.executeTakeFirst()
  return row && toRecord(row)
}

export async function listSessionRecords(
  db: CatalogReader,
  accountId: number,
  { now, limit }: { now: number; limit: number },
): Promise<SessionRecord[]> {
  const rows = await selectSessions(db, now)
    .where('s.account_id', '=', accountId)
    .orderBy('s.used_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toRecord)
}

export async function touchSession(db: CatalogWriter, id: string, usedAt: number): Promise<void> {
  await db.updateTable('hub_sessions').set({ used_at: usedAt }).where('id', '=', id).execute()
}

export async function deleteSession(
  db: CatalogWriter,
  by: { hash: string } | { id: string; accountId: number },
): Promise<boolean> {
  const query = db.deleteFrom('hub_sessions')
  const { numDeletedRows } = await (
    'hash' in by
      ? query.where('hash', '=', by.hash)
      : query.where('id', '=', by.id).where('account_id', '=', by.accountId)
  ).executeTakeFirst()
  return numDeletedRows > 0
}

export async function deleteSessionsOf(db: CatalogWriter, accountId: number): Promise<void> {
  await db.deleteFrom('hub_sessions').where('account_id', '=', accountId).execute()
}

/** All that are idle too long. */
export async function deleteIdleSessions(db: CatalogWriter, now: number): Promise<void> {
  await db
    .deleteFrom('hub_sessions')
    .where((row) => row(row(row.ref('used_at'), '+', row.ref('idle_ms')), '<=', now))
    .execute()
}

function selectSessions(db: CatalogReader, now: number) {
  return db
    .selectFrom('hub_sessions as s')
    .leftJoin('hub_access_tokens as t', 't.id', 's.token_id')
    .select(['s.id', 's.account_id', 's.token_id', 's.scope', 's.address', 's.client'])
    .select(['s.created_at', 's.used_at', 's.idle_ms'])
    .where((row) => row(row(row.ref('s.used_at'), '+', row.ref('s.idle_ms')), '>', now))
    .where((row) => row.or([row('s.token_id', 'is', null), row('t.is_active', '=', 1)]))
    .where((row) => row.or([row('t.expires_at', 'is', null), row('t.expires_at', '>', now)]))
}

type SessionRow = Awaited<ReturnType<ReturnType<typeof selectSessions>['execute']>>[number]

function toRecord(row: SessionRow): SessionRecord {
  return {
    id: row.id,
    accountId: row.account_id,
    tokenId: row.token_id ?? undefined,
    scope: row.scope,
    address: row.address,
    client: row.client,
    createdAt: row.created_at,
    usedAt: row.used_at,
    idleMs: row.idle_ms,
  }
}
