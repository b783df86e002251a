import {
  isAccessTokenSecret,
  tokenScopes,
  type Catalog,
  type RepositoryPermission,
  type SignedIn,
} from '@berth/catalog'
import type { Account, Accounts, RepositoryAction } from '@berth/registry-server'
import type { MirroredRights } from './mirrored-rights.ts'

/** An account of the catalog as the registry sees it, with what the login may be used for. */
export interface HubAccount extends Account {
  signedIn: SignedIn
}

const actionsOf: Readonly<Record<RepositoryPermission, ReadonlySet<RepositoryAction>>> = {
  read: new Set(['pull']),
  write: new Set(['pull', 'push']),
  admin: new Set(['pull', 'push', 'delete']),
}
const none: ReadonlySet<RepositoryAction> = new Set()

/** The catalog's people and rights, as the registry and its token service ask for them. */
export class CatalogAccounts implements Accounts {
  readonly #catalog: Catalog
  readonly #mirrored: MirroredRights

  constructor(catalog: Catalog, mirrored: MirroredRights) {
    this.#catalog = catalog
    this.#mirrored = mirrored
  }

  async authenticate(name: string, password: string): Promise<HubAccount | undefined> {
    const login = await this.#catalog.accounts.signIn(name, password)
    return login && hubAccount(login)
  }

  isRandomSecret(password: string): boolean {
    return isAccessTokenSecret(password)
  }

  async actions(account: Account | undefined, repository: string): Promise<ReadonlySet<RepositoryAction>> {
    const login = loginOf(account)
    if (this.#mirrored.isMirrored(repository))
      return this.#mirrored.mayPull(login, repository) ? actionsOf.read : none
    const permission = await this.#catalog.registry.permissionFor(login, repository)
    return permission === undefined ? none : actionsOf[permission]
  }

  async findAccount({ name, login = '', session }: Account): Promise<HubAccount | undefined> {
    const [text, tokenId] = login.split(' ')
    const scope = tokenScopes.find((known) => known === text)
    if (!scope) return undefined
    const found = await this.#catalog.registry.findLogin({ name, scope, tokenId, sessionId: session })
    return found && hubAccount(found)
  }

  /** The list names private repositories, too. */
  async mayListRepositories(account: Account | undefined): Promise<boolean> {
    const login = loginOf(account)
    return login?.account.isAdministrator === true && login.scope === 'repo:admin'
  }

  async maySearch(account: Account | undefined): Promise<boolean> {
    const login = loginOf(account)
    return login !== undefined && login.scope !== 'repo:public_read'
  }
}

export function hubAccount(login: SignedIn): HubAccount {
  const { account, scope, tokenId, sessionId } = login
  const held = tokenId === undefined ? scope : `${scope} ${tokenId}`
  return { name: account.name, login: held, session: sessionId, signedIn: login }
}

/** Every account that the registry passes on came from here. */
function loginOf(account: Account | undefined): SignedIn | undefined {
  return (account as HubAccount | undefined)?.signedIn
}
