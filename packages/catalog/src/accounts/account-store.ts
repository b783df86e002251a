import type { CatalogReader, CatalogWriter } from '../database/catalog-database.ts'
import { isNamespaceName } from '../names.ts'
import { isEmail } from '../parse-text.ts'
import type { Account } from '../viewer.ts'

/** An account with what only signing in looks at. */
export interface AccountRecord extends Account {
  passwordHash: string
  /** What leaves the catalog. */
  shown: Account
}

/** `name` and `email` may be any text: what cannot be one is not looked for. */
export async function findAccountRecord(
  db: CatalogReader,
  by: { name: string } | { email: string } | { id: number },
): Promise<AccountRecord | undefined> {
  if ('name' in by && !isNamespaceName(by.name)) return undefined
  if ('email' in by && !isEmail(by.email)) return undefined
  const query = selectAccounts(db)
  if ('id' in by) return toRecord(await query.where('a.id', '=', by.id).executeTakeFirst())
  if ('name' in by) return toRecord(await query.where('n.name', '=', by.name).executeTakeFirst())
  return toRecord(await query.where('a.email', '=', by.email).executeTakeFirst())
}

export async function listAccountRecords(
  db: CatalogReader,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ count: number; entries: AccountRecord[] }> {
  const { count } = await db
    .selectFrom('hub_accounts')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const rows = await selectAccounts(db).orderBy('n.name').limit(limit).offset(offset).execute()
  return { count, entries: rows.flatMap((row) => toRecord(row) ?? []) }
}

export async function hasAnyAccount(db: CatalogReader): Promise<boolean> {
  return (await db.selectFrom('hub_accounts').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** False when the e-mail address belongs to somebody else. */
export async function insertAccount(
  db: CatalogWriter,
  account: { id: number; email: string; passwordHash: string; isAdministrator: boolean },
): Promise<boolean> {
  const row = await db
    .insertInto('hub_accounts')
    .values({
      id: account.id,
      email: account.email,
      password_hash: account.passwordHash,
      is_administrator: Number(account.isAdministrator),
      is_disabled: 0,
    })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function updateAccount(
  db: CatalogWriter,
  id: number,
  change: { passwordHash?: string; isAdministrator?: boolean; isDisabled?: boolean; email?: string },
): Promise<void> {
  await db
    .updateTable('hub_accounts')
    .set({
      ...(change.passwordHash === undefined ? {} : { password_hash: change.passwordHash }),
      ...(change.isDisabled === undefined ? {} : { is_disabled: Number(change.isDisabled) }),
      ...(change.email === undefined ? {} : { email: change.email }),
      ...(change.isAdministrator === undefined ? {} : { is_administrator: Number(change.isAdministrator) }),
    })
    .where('id', '=', id)
    .execute()
}

function selectAccounts(db: CatalogReader) {
  return db
    .selectFrom('hub_accounts as a')
    .innerJoin('hub_namespaces as n', 'n.id', 'a.id')
    .select([
      'a.id',
      'n.name',
      'a.email',
      'n.full_name',
      'a.is_administrator',
      'a.is_disabled',
      'n.plan',
      'n.created_at',
    ])
    .select('a.password_hash')
}

type AccountRow = NonNullable<Awaited<ReturnType<ReturnType<typeof selectAccounts>['executeTakeFirst']>>>

function toRecord(row: AccountRow | undefined): AccountRecord | undefined {
  if (!row) return undefined
  const shown: Account = {
    id: row.id,
    name: row.name,
    email: row.email,
    fullName: row.full_name,
    isAdministrator: row.is_administrator === 1,
    isDisabled: row.is_disabled === 1,
    plan: row.plan,
    createdAt: row.created_at,
  }
  return { ...shown, shown, passwordHash: row.password_hash }
}
