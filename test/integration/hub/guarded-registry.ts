import assert from 'node:assert/strict'
import { join } from 'node:path'
import {
  createRegistry,
  createRegistryHttpServer,
  openTokenAccess,
  type Account,
  type PasswordAccounts,
  type RepositoryAction,
  type TokenAccess,
} from '@berth/registry-server'
import { openSqliteDatabase } from '@berth/sql'
import { silentLogger, type Logger } from '@berth/stdx'
import { listenOnLoopback, temporaryDirectory } from '@berth/stdx/testsuite'
import { RegistryRequests } from '../../conformance/registry/registry-requests.ts'

export const roles = ['everyone', 'reader', 'writer', 'owner'] as const
export type Role = (typeof roles)[number]

/** What each role may do: `public/…` can be read by everyone, what is private only from reader on. */
export const rights: Readonly<Record<'public' | 'private', Record<Role, readonly RepositoryAction[]>>> = {
  public: {
    everyone: ['pull'],
    reader: ['pull'],
    writer: ['pull', 'push'],
    owner: ['pull', 'push', 'delete'],
  },
  private: { everyone: [], reader: ['pull'], writer: ['pull', 'push'], owner: ['pull', 'push', 'delete'] },
}

/** Accounts named as their role, whose password is the name and `-password`. */
export class MemoryAccounts implements PasswordAccounts {
  readonly #names = new Set<string>(roles.slice(1))
  /** Repositories that nobody has rights on any more, such as those that were deleted. */
  readonly withoutRights = new Set<string>()

  remove(name: string): void {
    this.#names.delete(name)
  }

  async authenticate(name: string, password: string): Promise<Account | undefined> {
    return this.#names.has(name) && password === `${name}-password` ? { name } : undefined
  }

  async findAccount({ name }: Account): Promise<Account | undefined> {
    return this.#names.has(name) ? { name } : undefined
  }

  async findPasswordMark(name: string): Promise<string | undefined> {
    return this.#names.has(name) ? 'mark' : undefined
  }

  async actions(account: Account | undefined, repository: string): Promise<ReadonlySet<RepositoryAction>> {
    if (this.withoutRights.has(repository)) return new Set()
    const visibility = repository.startsWith('public/') ? 'public' : 'private'
    return new Set(rights[visibility][(account?.name ?? 'everyone') as Role])
  }

  async mayListRepositories(account: Account | undefined): Promise<boolean> {
    return account !== undefined
  }

  async maySearch(account: Account | undefined): Promise<boolean> {
    return account !== undefined
  }
}

/** A registry that wants tokens, and the service that gives them. */
export interface GuardedRegistry extends AsyncDisposable {
  url: string
  directory: string
  /** Private keys that sign tokens now, PEM. */
  signingKeys(): Promise<string[]>
  accounts: MemoryAccounts
  tokens: TokenAccess
  requests: RegistryRequests
  clock: { now: number }
  /** A token for these scopes, as far as the role may have them. */
  tokenFor(role: Role, ...scopes: string[]): Promise<string>
}

export async function startGuarded(logger: Logger = silentLogger): Promise<GuardedRegistry> {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const accounts = new MemoryAccounts()
  const clock = { now: Date.now() }
  const now = () => clock.now
  const service = 'test'
  const realm = () => `${url}/auth/token`
  const database = stack.use(openSqliteDatabase(join(directory, 'registry.db')))
  const tokens = await openTokenAccess({ database, accounts, service, realm, logger, now })
  const registry = stack.use(
    await createRegistry({ directory, database, logger, access: tokens.policy, now }),
  )
  const server = createRegistryHttpServer((request, response) => {
    const isToken = request.url?.startsWith('/auth/token')
    void (isToken ? tokens : registry).handle(request, response)
  })
  const { url } = stack.use(await listenOnLoopback(server))
  const owned = stack.move()
  return {
    url,
    directory,
    async signingKeys() {
      const { db } = database.tables<{ signing_keys: { private_key: string } }>()
      const rows = await db.selectFrom('signing_keys').select('private_key').execute()
      return rows.map((row) => row.private_key)
    },
    accounts,
    tokens,
    requests: new RegistryRequests(url),
    clock,
    async tokenFor(role, ...scopes) {
      const query = new URLSearchParams([
        ['service', service],
        ...scopes.map((scope) => ['scope', scope]),
      ] as string[][])
      const response = await fetch(`${url}/auth/token?${query}`, { headers: basicOf(role) })
      assert.equal(response.status, 200)
      return ((await response.json()) as { token: string }).token
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

export function basicOf(role: Role, password = `${role}-password`): Record<string, string> {
  if (role === 'everyone') return {}
  return { Authorization: `Basic ${Buffer.from(`${role}:${password}`).toString('base64')}` }
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
