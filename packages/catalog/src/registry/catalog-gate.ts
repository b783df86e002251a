import type { Logger } from '@berth/stdx'
import { findToken } from '../accounts/access-token-store.ts'
import { findAccountRecord } from '../accounts/account-store.ts'
import { findSessionRecord } from '../accounts/session-store.ts'
import type { Adoption, CatalogContents, RegistryGate, RegistryNote } from '../catalog.ts'
import type { CatalogDatabase } from '../database/catalog-database.ts'
import { isRepositoryName, namespaceOf } from '../names.ts'
import { findNamespace } from '../organizations/namespace-store.ts'
import type { RepositoryPermission } from '../repositories.ts'
import { findRepositoryRecord } from '../repositories/repository-store.ts'
import { levelInNamespace } from '../repositories/namespace-level.ts'
import { heldBy, permissionOfLevel, type Level, type RightsHolder } from '../rights.ts'
import type { Account, TokenScope } from '../viewer.ts'
import { ActivityLog } from './activity-log.ts'
import { adoptRepositories } from './adopt-repositories.ts'

const everyone: RightsHolder = { account: undefined, scope: 'repo:public_read' }

export interface CatalogGateOptions {
  database: CatalogDatabase
  contents: Pick<CatalogContents, 'listRepositories' | 'listTags'>
  logger: Logger
  /** Where people see the hub: it is told to webhooks. */
  publicUrl: string
}

export class CatalogGate implements RegistryGate {
  readonly #database: CatalogDatabase
  readonly #contents: CatalogGateOptions['contents']
  readonly #activity: ActivityLog

  constructor(options: CatalogGateOptions) {
    this.#database = options.database
    this.#contents = options.contents
    this.#activity = new ActivityLog(options)
  }

  async permissionFor(
    login: { account: Account; scope: TokenScope } | undefined,
    repository: string,
  ): Promise<RepositoryPermission | undefined> {
    if (!isRepositoryName(repository)) return undefined
    const viewer = login ?? everyone
    const known = await findRepositoryRecord(this.#database.db, viewer, repository)
    if (known && known.level > 0) return permissionOfLevel(known.level)
    // Asked for one that is hidden, too: it takes as long as for one that is not there.
    const level = await this.#levelOfNew(viewer, repository)
    return known ? undefined : permissionOfLevel(level)
  }

  async findLogin({ name, scope, tokenId, sessionId }: Parameters<RegistryGate['findLogin']>[0]) {
    const { db, now } = this.#database
    const account = await findAccountRecord(db, { name })
    if (!account || account.isDisabled) return undefined
    const owner = tokenId === undefined ? undefined : await findToken(db, { id: tokenId }, now())
    if (tokenId !== undefined && owner?.accountId !== account.id) return undefined
    if (sessionId === undefined) return { account: account.shown, scope, tokenId }
    const session = await findSessionRecord(db, { id: sessionId }, now())
    return session?.accountId === account.id
      ? { account: account.shown, scope, tokenId, sessionId }
      : undefined
  }

  adoptRepositories(options: { isForeign: (repository: string) => boolean }): Promise<Adoption> {
    return adoptRepositories({ database: this.#database, contents: this.#contents, ...options })
  }

  noteActivity(activity: RegistryNote): void {
    this.#activity.note(activity)
  }

  flush(): Promise<void> {
    return this.#activity.flush()
  }

  async #levelOfNew(viewer: RightsHolder, repository: string): Promise<Level> {
    const namespace = await findNamespace(this.#database.db, namespaceOf(repository))
    // What the registry has outside of every namespace, administrators may read.
    if (!namespace) return heldBy(viewer)?.isAdministrator === true ? 1 : 0
    const level = await levelInNamespace(this.#database.db, viewer, namespace)
    // Official images are for everyone, those that the catalog was not told of as well.
    return namespace.kind === 'library' && level === 0 ? 1 : level
  }
}
