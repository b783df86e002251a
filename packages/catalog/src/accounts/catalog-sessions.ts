import { randomUUID } from 'node:crypto'
import type { NewSession, Session, Sessions, SignedIn } from '../accounts.ts'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { isUuid } from '../parse-text.ts'
import { noSuch, requirePerson } from '../refusals.ts'
import type { Viewer } from '../viewer.ts'
import { findAccountRecord } from './account-store.ts'
import { createSecret, hashSecret } from './secrets.ts'
import {
  deleteSession,
  findSessionRecord,
  insertSession,
  listSessionRecords,
  touchSession,
} from './session-store.ts'

const idleMsDefault = 30 * 24 * 60 * 60 * 1000
const usedAtGranularityMs = 60 * 60 * 1000
const clientLengthMax = 200
const listMax = 100

export class CatalogSessions implements Sessions {
  readonly #database: CatalogDatabase

  constructor(database: CatalogDatabase) {
    this.#database = database
  }

  async createSession(
    { account, scope, tokenId }: SignedIn,
    { address, client = '', idleMs = idleMsDefault }: NewSession,
  ): Promise<{ secret: string; expiresAt: number }> {
    const secret = createSecret()
    const createdAt = this.#database.now()
    const session = {
      id: randomUUID(),
      accountId: account.id,
      tokenId,
      scope,
      address,
      client: client.replaceAll(/\p{Cc}/gu, ' ').slice(0, clientLengthMax),
      createdAt,
      usedAt: createdAt,
      idleMs,
    }
    await this.#database.write((transaction) =>
      insertSession(transaction, { ...session, hash: hashSecret(secret) }),
    )
    return { secret, expiresAt: createdAt + idleMs }
  }

  async findSession(secret: string): Promise<SignedIn | undefined> {
    const now = this.#database.now()
    const session = await findSessionRecord(this.#database.db, { hash: hashSecret(secret) }, now)
    if (!session) return undefined
    const account = await findAccountRecord(this.#database.db, { id: session.accountId })
    if (!account || account.isDisabled) return undefined
    if (now - session.usedAt > Math.min(usedAtGranularityMs, session.idleMs / 2))
      await this.#database.write((transaction) => touchSession(transaction, session.id, now))
    const { id: sessionId, scope, tokenId } = session
    return { account: account.shown, scope, tokenId, sessionId }
  }

  async endSession(secret: string): Promise<void> {
    await this.#database.write((transaction) => deleteSession(transaction, { hash: hashSecret(secret) }))
  }

  async listSessions(viewer: Viewer): Promise<Session[]> {
    const { id } = requirePerson(viewer, 'list sessions')
    const records = await listSessionRecords(this.#database.db, id, {
      now: this.#database.now(),
      limit: listMax,
    })
    return records.map(({ id, address, client, createdAt, usedAt }) => ({
      id,
      address,
      client,
      createdAt,
      lastUsedAt: usedAt,
    }))
  }

  async endSessionById(viewer: Viewer, id: string): Promise<void> {
    const { id: accountId } = requirePerson(viewer, 'end a session')
    const isEnded =
      isUuid(id) &&
      (await this.#database.write((transaction) => deleteSession(transaction, { id, accountId })))
    if (!isEnded) throw noSuch('session', id)
  }
}
