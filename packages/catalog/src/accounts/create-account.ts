import { CodedError } from '@berth/stdx'
import type { SignUp } from '../accounts.ts'
import { lockNamespace, type CatalogDatabase, type CatalogWriter } from '../database/catalog-database.ts'
import { insertAudit } from '../events/audit-store.ts'
import { checkUnreserved, parseNamespaceName, quote } from '../names.ts'
import { findNamespace, insertNamespace } from '../organizations/namespace-store.ts'
import { parseEmail, parseLine } from '../parse-text.ts'
import type { Account } from '../viewer.ts'
import { hasAnyAccount, insertAccount } from './account-store.ts'
import type { Passwords } from './passwords.ts'

export const fullNameLengthMax = 100

export interface NewAccountOptions {
  address: string
  administrator: 'always' | 'never' | 'when-first'
}

/** Takes the fields of `SignUp` and no other: nobody makes themselves an administrator by naming one. */
export async function createAccount(
  { database, passwords }: { database: CatalogDatabase; passwords: Passwords },
  form: SignUp,
  { address, administrator }: NewAccountOptions,
): Promise<Account> {
  const name = parseNamespaceName(form.name)
  const email = parseEmail(form.email)
  const fullName = parseLine(form.fullName ?? '', { what: 'full name', lengthMax: fullNameLengthMax })
  checkUnreserved(name)
  const passwordHash = await passwords.hash(form.password, { name, email })
  const createdAt = database.now()
  return database.write(async (transaction) => {
    const isAdministrator =
      administrator === 'always' || (administrator === 'when-first' && (await isFirst(database, transaction)))
    const id = await insertNamespace(transaction, { name, kind: 'account', fullName, createdAt })
    if (id === undefined) throw nameTaken(name)
    if (!(await insertAccount(transaction, { id, email, passwordHash, isAdministrator })))
      throw new CodedError('already-exists', 'Cannot sign up: the e-mail address is in use')
    const by = { account: { name }, address }
    await insertAudit(database, transaction, { namespaceId: id, action: 'account.create', subject: name, by })
    return { id, name, email, fullName, isAdministrator, isDisabled: false, plan: 'personal', createdAt }
  })
}

export function nameTaken(name: string): CodedError {
  return new CodedError('already-exists', `Cannot use the name ${quote(name)}: it is taken`)
}

/** Of two who are the first at once, one is. */
async function isFirst(database: CatalogDatabase, transaction: CatalogWriter): Promise<boolean> {
  if (await hasAnyAccount(transaction)) return false
  const library = await findNamespace(transaction, 'library')
  if (library) await lockNamespace(database, transaction, library.id)
  return !(await hasAnyAccount(transaction))
}
