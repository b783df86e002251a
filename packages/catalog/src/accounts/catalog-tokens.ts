import { randomUUID } from 'node:crypto'
import { CodedError } from '@berth/stdx'
import type { AccessToken, AccessTokens, NewAccessToken, SignedIn } from '../accounts.ts'
import type { CatalogDatabase, CatalogWriter } from '../database/catalog-database.ts'
import { insertAudit } from '../events/audit-store.ts'
import { quote } from '../names.ts'
import { isUuid, parseLabel } from '../parse-text.ts'
import { noSuch, requirePerson } from '../refusals.ts'
import { tokenScopes, type Viewer } from '../viewer.ts'
import {
  deleteToken,
  findToken,
  insertToken,
  listTokensOf,
  touchToken,
  updateToken,
} from './access-token-store.ts'
import type { AccountRecord } from './account-store.ts'
import { createSecret, hashSecret, tokenPrefix } from './secrets.ts'

const labelLengthMax = 100
const tokensMax = 100
/** A row is not written with every request. */
const usedAtGranularityMs = 60 * 1000

export class CatalogTokens implements AccessTokens {
  readonly #database: CatalogDatabase

  constructor(database: CatalogDatabase) {
    this.#database = database
  }

  /** Looks the token up whether or not there is an account: the same work for both. */
  async signIn(account: AccountRecord | undefined, secret: string): Promise<SignedIn | undefined> {
    const now = this.#database.now()
    const found = await findToken(this.#database.db, { hash: hashSecret(secret) }, now)
    if (!account || account.isDisabled || found?.accountId !== account.id) return undefined
    const { id, scope, lastUsedAt = 0 } = found.token
    if (now - lastUsedAt > usedAtGranularityMs)
      await this.#database.write((transaction) => touchToken(transaction, id, now))
    return { account: account.shown, scope, tokenId: id }
  }

  async createToken(viewer: Viewer, form: NewAccessToken): Promise<AccessToken & { secret: string }> {
    const { id: accountId } = requirePerson(viewer, 'create an access token')
    const createdAt = this.#database.now()
    const label = parseTokenLabel(form.label)
    const { scope, expiresAt } = parseToken(form, createdAt)
    const token = {
      id: randomUUID(),
      label,
      scope,
      expiresAt,
      isActive: true,
      createdAt,
      lastUsedAt: undefined,
    }
    const secret = `${tokenPrefix}${createSecret()}`
    await this.#database.write(async (transaction) => {
      if ((await listTokensOf(transaction, accountId)).length >= tokensMax)
        throw new CodedError('failed-precondition', `Cannot create an access token: there are ${tokensMax}`, {
          hint: 'Delete those that are no longer used.',
        })
      await insertToken(transaction, { ...token, accountId, hash: hashSecret(secret) })
      await this.#audit(transaction, viewer, { action: 'token.create', subject: label, detail: { scope } })
    })
    return { ...token, secret }
  }

  async listTokens(viewer: Viewer): Promise<AccessToken[]> {
    const { id } = requirePerson(viewer, 'list access tokens')
    return listTokensOf(this.#database.db, id)
  }

  async updateToken(
    viewer: Viewer,
    id: string,
    change: { label?: string; isActive?: boolean },
  ): Promise<AccessToken> {
    const { id: accountId } = requirePerson(viewer, 'change an access token')
    if (!isUuid(id)) throw noSuch('access token', id)
    const label = change.label === undefined ? undefined : parseTokenLabel(change.label)
    const { isActive } = change
    return this.#database.write(async (transaction) => {
      const token = await updateToken(transaction, { id, accountId }, { label, isActive })
      if (!token) throw noSuch('access token', id)
      await this.#audit(transaction, viewer, {
        action: 'token.update',
        subject: token.label,
        detail: { active: String(token.isActive) },
      })
      return token
    })
  }

  async deleteToken(viewer: Viewer, id: string): Promise<void> {
    const { id: accountId } = requirePerson(viewer, 'delete an access token')
    if (!isUuid(id)) throw noSuch('access token', id)
    await this.#database.write(async (transaction) => {
      const label = await deleteToken(transaction, { id, accountId })
      if (label === undefined) throw noSuch('access token', id)
      await this.#audit(transaction, viewer, { action: 'token.delete', subject: label })
    })
  }

  async #audit(
    transaction: CatalogWriter,
    viewer: Viewer,
    entry: { action: string; subject: string; detail?: Record<string, string> },
  ): Promise<void> {
    const namespaceId = viewer.account?.id ?? 0
    await insertAudit(this.#database, transaction, { ...entry, namespaceId, by: viewer })
  }
}

const parseTokenLabel = (label: string) => parseLabel(label, { what: 'label', lengthMax: labelLengthMax })

function parseToken({ scope, expiresAt }: NewAccessToken, now: number): Omit<NewAccessToken, 'label'> {
  if (!tokenScopes.includes(scope))
    throw new CodedError(
      'invalid-argument',
      `Cannot create an access token: there is no scope ${quote(scope)}`,
    )
  if (expiresAt !== undefined && !(Number.isSafeInteger(expiresAt) && expiresAt > now))
    throw new CodedError('invalid-argument', 'Cannot create an access token: its expiry is not in the future')
  return { scope, expiresAt }
}
