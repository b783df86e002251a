import { CodedError } from '@berth/stdx'
import { plans } from '../accounts/plans.ts'
import { findAccountRecord } from '../accounts/account-store.ts'
import type { CatalogContents } from '../catalog.ts'
import type { CatalogDatabase, CatalogWriter } from '../database/catalog-database.ts'
import { insertAudit } from '../events/audit-store.ts'
import { namespaceOf, parseRepositoryName, quote } from '../names.ts'
import { findNamespace } from '../organizations/namespace-store.ts'
import { parsePaging } from '../paging.ts'
import { noSuch, refusal, requireSignedIn } from '../refusals.ts'
import type {
  ListRepositories,
  NewRepository,
  Repositories,
  Repository,
  RepositoryChange,
  RepositoryPermission,
  SearchQuery,
  SearchResult,
} from '../repositories.ts'
import { levelOf, permissionOfLevel, scopeLevel } from '../rights.ts'
import { searchRepositories } from '../search/search-repositories.ts'
import { putSearchEntry } from '../search/search-store.ts'
import type { Listed, Paging, Viewer } from '../viewer.ts'
import { listCollaborators, setCollaboratorLevel, type Collaborator } from './collaborator-store.ts'
import { createRepositoryRecord } from './create-repository.ts'
import { levelInNamespace } from './namespace-level.ts'
import { parsePermission } from './parse-permission.ts'
import { parseRepositoryChange } from './parse-repository.ts'
import { refuseOnePrivateTooMany } from './private-limit.ts'
import { removeRepository } from './remove-repository.ts'
import {
  countPrivate,
  findRepositoryRecord,
  isListOrdering,
  listRepositoryRecords,
  updateRepositoryRecord,
  type RepositoryRecord,
} from './repository-store.ts'
import { requireRepository } from './require-repository.ts'
import { addStar, listStarredRecords, removeStar } from './star-store.ts'

export class CatalogRepositories implements Repositories {
  readonly #database: CatalogDatabase
  readonly #contents: Pick<CatalogContents, 'deleteRepository'>

  constructor(database: CatalogDatabase, contents: Pick<CatalogContents, 'deleteRepository'>) {
    this.#database = database
    this.#contents = contents
  }

  async getRepository(viewer: Viewer, name: string): Promise<Repository> {
    const need = { name, permission: 'read', action: 'see the repository' } as const
    return (await requireRepository(this.#database.db, viewer, need)).shown
  }

  async permissionOf(viewer: Viewer, name: string): Promise<RepositoryPermission | undefined> {
    const repository = await findRepositoryRecord(this.#database.db, viewer, name)
    return repository && permissionOfLevel(repository.level)
  }

  async listRepositories(
    viewer: Viewer,
    namespace: string,
    options: ListRepositories,
  ): Promise<Listed<Repository>> {
    const { ordering = 'name', filter = '' } = options
    if (!isListOrdering(ordering))
      throw new CodedError('invalid-argument', `Cannot list: there is no ordering ${quote(ordering)}`)
    const paging = parsePaging(options)
    const found = await findNamespace(this.#database.db, namespace)
    if (!found) throw noSuch('namespace', namespace)
    const query = { namespaceId: found.id, filter, ordering, ...paging }
    return listed(await listRepositoryRecords(this.#database.db, viewer, query))
  }

  async createRepository(viewer: Viewer, form: NewRepository): Promise<Repository> {
    const action = 'create the repository'
    requireSignedIn(viewer, action)
    const name = parseRepositoryName(form.name)
    const { description = '', fullDescription = '', categories = [], source } = parseRepositoryChange(form)
    const namespace = await findNamespace(this.#database.db, namespaceOf(name))
    const level = namespace ? await levelInNamespace(this.#database.db, viewer, namespace) : 0
    // Which namespaces there are is no secret; which private repositories are in them is.
    if (!namespace || level < levelOf('write')) throw refusal(viewer, action)
    return this.#change(viewer, name, async (transaction) => {
      if (form.isPrivate === true) await refuseOnePrivateTooMany(this.#database, transaction, namespace.id)
      const id = await createRepositoryRecord(this.#database, transaction, {
        namespaceId: namespace.id,
        name,
        isPrivate: form.isPrivate === true,
        description,
        fullDescription,
        categories,
        source: source ?? undefined,
        by: viewer,
      })
      if (id === undefined) throw new CodedError('already-exists', `There is a repository ${name} already`)
    })
  }

  async updateRepository(viewer: Viewer, name: string, change: RepositoryChange): Promise<Repository> {
    const need = { name, permission: 'write', action: 'change the repository' } as const
    const { id, namespaceId } = await requireRepository(this.#database.db, viewer, need)
    const parsed = parseRepositoryChange(change)
    const updatedAt = this.#database.now()
    return this.#change(viewer, name, async (transaction) => {
      await updateRepositoryRecord(transaction, id, { ...parsed, updatedAt })
      await insertAudit(this.#database, transaction, {
        namespaceId,
        action: 'repo.update',
        subject: name,
        by: viewer,
        detail: { fields: Object.keys(parsed).join(', ') },
      })
    })
  }

  async setPrivate(viewer: Viewer, name: string, isPrivate: boolean): Promise<Repository> {
    const need = { name, permission: 'admin', action: 'change who sees the repository' } as const
    const { id, namespaceId } = await requireRepository(this.#database.db, viewer, need)
    const updatedAt = this.#database.now()
    return this.#change(viewer, name, async (transaction) => {
      const before = await findRepositoryRecord(transaction, viewer, name)
      if (before?.isPrivate === isPrivate) return
      if (isPrivate) await refuseOnePrivateTooMany(this.#database, transaction, namespaceId)
      await updateRepositoryRecord(transaction, id, { isPrivate, updatedAt })
      await insertAudit(this.#database, transaction, {
        namespaceId,
        action: 'repo.change_privacy',
        subject: name,
        by: viewer,
        detail: { visibility: isPrivate ? 'private' : 'public' },
      })
    })
  }

  async deleteRepository(viewer: Viewer, name: string): Promise<void> {
    const need = { name, permission: 'admin', action: 'delete the repository' } as const
    const repository = await requireRepository(this.#database.db, viewer, need)
    await removeRepository({ database: this.#database, contents: this.#contents }, repository, viewer)
  }

  async setStarred(viewer: Viewer, name: string, isStarred: boolean): Promise<void> {
    const action = 'star the repository'
    const { id: repositoryId } = await requireRepository(this.#database.db, viewer, {
      name,
      permission: 'read',
      action,
    })
    const { id: accountId } = requireSignedIn(viewer, action)
    // A token that may only read writes no star either.
    if (scopeLevel(viewer) < levelOf('write')) throw refusal(viewer, action)
    const star = { accountId, repositoryId }
    await this.#database.write((transaction) =>
      isStarred ? addStar(transaction, star, this.#database.now()) : removeStar(transaction, star),
    )
  }

  async listStarred(viewer: Viewer, account: string, paging: Paging): Promise<Listed<Repository>> {
    const page = parsePaging(paging)
    const found = await findAccountRecord(this.#database.db, { name: account })
    if (!found) throw noSuch('account', account)
    return listed(await listStarredRecords(this.#database.db, viewer, { accountId: found.id, ...page }))
  }

  async listCollaborators(viewer: Viewer, name: string): Promise<Collaborator[]> {
    const need = { name, permission: 'admin', action: 'list collaborators' } as const
    const { id } = await requireRepository(this.#database.db, viewer, need)
    return listCollaborators(this.#database.db, id)
  }

  async setCollaborator(
    viewer: Viewer,
    name: string,
    of: { account: string; permission: RepositoryPermission | undefined },
  ): Promise<void> {
    const need = { name, permission: 'admin', action: 'change collaborators' } as const
    const { id: repositoryId, namespaceId } = await requireRepository(this.#database.db, viewer, need)
    const level = parsePermission(of.permission)
    const account = await findAccountRecord(this.#database.db, { name: of.account })
    if (!account) throw noSuch('account', of.account)
    await this.#database.write(async (transaction) => {
      const collaborator = { repositoryId, accountId: account.id }
      await setCollaboratorLevel(transaction, collaborator, level)
      await insertAudit(this.#database, transaction, {
        namespaceId,
        action: level === 0 ? 'repo.collaborator.remove' : 'repo.collaborator.set',
        subject: name,
        by: viewer,
        detail: { account: account.name, permission: of.permission ?? 'none' },
      })
    })
  }

  async getPrivateUse(viewer: Viewer, namespace: string): Promise<{ used: number; available: number }> {
    const { db } = this.#database
    const action = 'see how many private repositories there are'
    requireSignedIn(viewer, action)
    const found = await findNamespace(db, namespace)
    if (!found) throw noSuch('namespace', namespace)
    if ((await levelInNamespace(db, viewer, found)) < 1) throw refusal(viewer, action)
    const available = found.kind === 'library' ? 0 : plans[found.plan].privateRepositories
    return { used: await countPrivate(db, found.id), available }
  }

  search(viewer: Viewer, query: SearchQuery): Promise<Listed<SearchResult>> {
    return searchRepositories(this.#database, viewer, query)
  }

  /** Runs a change, lets search know, and gives the repository as it is then. */
  #change(
    viewer: Viewer,
    name: string,
    action: (transaction: CatalogWriter) => Promise<void>,
  ): Promise<Repository> {
    return this.#database.write(async (transaction) => {
      await action(transaction)
      const repository = await findRepositoryRecord(transaction, viewer, name)
      if (!repository) throw noSuch('repository', name)
      await putSearchEntry(transaction, repository)
      return repository.shown
    })
  }
}

function listed({ count, entries }: Listed<RepositoryRecord>): Listed<Repository> {
  return { count, entries: entries.map(({ shown }) => shown) }
}
