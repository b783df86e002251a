import { CodedError } from '@berth/stdx'
import type { Accounts, SignedIn, SignUp } from '../accounts.ts'
import type { CatalogContents } from '../catalog.ts'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { insertAudit, type Actor } from '../events/audit-store.ts'
import { quote } from '../names.ts'
import { findNamespace, updateNamespace } from '../organizations/namespace-store.ts'
import { parsePaging } from '../paging.ts'
import { parseEmail, parseLine } from '../parse-text.ts'
import { noSuch, requireAdministrator, requirePerson } from '../refusals.ts'
import type { Account, Listed, Paging, PlanName, Viewer } from '../viewer.ts'
import {
  findAccountRecord,
  hasAnyAccount,
  listAccountRecords,
  updateAccount,
  type AccountRecord,
} from './account-store.ts'
import type { CatalogTokens } from './catalog-tokens.ts'
import { createAccount, fullNameLengthMax } from './create-account.ts'
import { deleteAccountRecord } from './delete-account.ts'
import type { Passwords } from './passwords.ts'
import { plans } from './plans.ts'
import { isAccessTokenSecret } from './secrets.ts'
import { deleteSessionsOf } from './session-store.ts'

export interface CatalogAccountsOptions {
  database: CatalogDatabase
  passwords: Passwords
  tokens: CatalogTokens
  /** Whoever signs up first runs the hub. */
  firstAccountIsAdministrator: boolean
  contents: Pick<CatalogContents, 'deleteRepository'>
}

export class CatalogAccounts implements Accounts {
  readonly #options: CatalogAccountsOptions
  readonly #database: CatalogDatabase

  constructor(options: CatalogAccountsOptions) {
    this.#options = options
    this.#database = options.database
  }

  signUp(form: SignUp, address: string): Promise<Account> {
    const administrator = this.#options.firstAccountIsAdministrator ? 'when-first' : 'never'
    return createAccount(this.#options, form, { address, administrator })
  }

  createAdministrator(form: SignUp): Promise<Account> {
    return createAccount(this.#options, form, { address: '', administrator: 'always' })
  }

  async resetPassword(viewer: Viewer, name: string, password: string): Promise<void> {
    requireAdministrator(viewer, 'reset a password')
    await this.#setPassword(await this.#get(name), password, viewer)
  }

  async setAdministrator(viewer: Viewer, name: string, isAdministrator: boolean): Promise<void> {
    requireAdministrator(viewer, 'change who is an administrator')
    const action = isAdministrator ? 'account.promote' : 'account.demote'
    await this.#update(await this.#get(name), { isAdministrator }, { action, by: viewer })
  }

  async setDisabled(viewer: Viewer, name: string, isDisabled: boolean): Promise<void> {
    requireAdministrator(viewer, 'disable an account')
    const action = isDisabled ? 'account.disable' : 'account.enable'
    await this.#update(await this.#get(name), { isDisabled }, { action, by: viewer })
  }

  async signIn(name: string, secret: string): Promise<SignedIn | undefined> {
    const by = name.includes('@') ? { email: name.trim().toLowerCase() } : { name }
    const record = await findAccountRecord(this.#database.db, by)
    if (isAccessTokenSecret(secret)) return this.#options.tokens.signIn(record, secret)
    const isRight = await this.#options.passwords.verify(secret, record?.passwordHash)
    if (!record || !isRight || record.isDisabled) return undefined
    return { account: record.shown, scope: 'repo:admin', tokenId: undefined }
  }

  async findAccount(name: string): Promise<Account | undefined> {
    const record = await findAccountRecord(this.#database.db, { name })
    return record?.shown
  }

  hasAccounts(): Promise<boolean> {
    return hasAnyAccount(this.#database.db)
  }

  async updateProfile(viewer: Viewer, profile: { fullName?: string; email?: string }): Promise<Account> {
    const { id, name } = requirePerson(viewer, 'change the profile')
    const { fullName, email } = profile
    const change = {
      ...(fullName === undefined
        ? {}
        : { fullName: parseLine(fullName, { what: 'full name', lengthMax: fullNameLengthMax }) }),
      ...(email === undefined ? {} : { email: parseEmail(email) }),
    }
    const record = await this.#database.write(async (transaction) => {
      await updateNamespace(transaction, id, change)
      if (change.email !== undefined) await updateAccount(transaction, id, { email: change.email })
      const by = { namespaceId: id, action: 'account.profile', subject: name, by: viewer }
      await insertAudit(this.#database, transaction, by)
      return findAccountRecord(transaction, { id })
    })
    if (!record) throw noSuch('account', name)
    return record.shown
  }

  async changePassword(viewer: Viewer, passwords: { current: string; next: string }): Promise<void> {
    const account = requirePerson(viewer, 'change the password')
    await this.#setPassword(await this.#confirm(account, passwords.current), passwords.next, viewer)
  }

  async setPlan(viewer: Viewer, name: string, plan: PlanName): Promise<void> {
    requireAdministrator(viewer, 'set a plan')
    if (!Object.hasOwn(plans, plan))
      throw new CodedError('invalid-argument', `Cannot set the plan: there is no plan ${quote(plan)}`)
    const namespace = await findNamespace(this.#database.db, name)
    if (!namespace || namespace.kind === 'library') throw noSuch('account', name)
    await this.#database.write(async (transaction) => {
      await updateNamespace(transaction, namespace.id, { plan })
      await insertAudit(this.#database, transaction, {
        namespaceId: namespace.id,
        action: 'account.plan',
        subject: name,
        by: viewer,
        detail: { plan },
      })
    })
  }

  async listAccounts(viewer: Viewer, paging: Paging): Promise<Listed<Account>> {
    requireAdministrator(viewer, 'list accounts')
    const { count, entries } = await listAccountRecords(this.#database.db, parsePaging(paging))
    return { count, entries: entries.map(({ shown }) => shown) }
  }

  async deleteAccount(viewer: Viewer, password: string): Promise<void> {
    const account = requirePerson(viewer, 'delete the account')
    await this.#confirm(account, password)
    await deleteAccountRecord(this.#options, viewer, account)
  }

  async #confirm({ id }: Account, password: string): Promise<AccountRecord> {
    const record = await findAccountRecord(this.#database.db, { id })
    if (record && (await this.#options.passwords.verify(password, record.passwordHash))) return record
    throw new CodedError('forbidden', 'Cannot go on: the password is wrong')
  }

  async #setPassword(record: AccountRecord, password: string, by: Actor): Promise<void> {
    const passwordHash = await this.#options.passwords.hash(password, record)
    await this.#update(record, { passwordHash }, { action: 'account.password', by })
  }

  /** Whatever it was that changed, nobody goes on by a sign-in from before. */
  async #update(
    { id, name }: AccountRecord,
    change: Parameters<typeof updateAccount>[2],
    { action, by }: { action: string; by: Actor },
  ): Promise<void> {
    await this.#database.write(async (transaction) => {
      await updateAccount(transaction, id, change)
      await deleteSessionsOf(transaction, id)
      await insertAudit(this.#database, transaction, { namespaceId: id, action, subject: name, by })
    })
  }

  async #get(name: string): Promise<AccountRecord> {
    const record = await findAccountRecord(this.#database.db, { name })
    if (!record) throw noSuch('account', name)
    return record
  }
}
