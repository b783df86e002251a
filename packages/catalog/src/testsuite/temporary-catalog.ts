import { openSqlDatabase } from '@berth/sql'
import { openCatalog, type CatalogOptions } from '../open-catalog.ts'
import type { TokenScope, Viewer } from '../viewer.ts'
import { addAccount, type AccountRole } from './add-account.ts'
import { MemoryContents } from './memory-contents.ts'

export interface TemporaryCatalogOptions extends Pick<CatalogOptions, 'firstAccountIsAdministrator'> {
  /** As for `openSqlDatabase` (default: SQLite in memory). */
  location?: string
}

/** A catalog with a clock that stands until it is set. */
export async function openTemporaryCatalog(options: TemporaryCatalogOptions = {}) {
  const { location = ':memory:', ...rest } = options
  await using stack = new AsyncDisposableStack()
  const clock = { now: Date.UTC(2026, 0, 1) }
  const contents = new MemoryContents()
  const database = stack.use(await openSqlDatabase(location))
  const catalog = stack.use(
    await openCatalog({ ...rest, database, contents, now: () => clock.now, publicUrl: 'https://hub.test' }),
  )
  const owned = stack.move()
  return {
    ...catalog,
    database,
    contents,
    clock,
    addAccount: (name: string, role?: AccountRole) => addAccount(catalog, name, role),
    /** The same person with an access token. */
    async withToken(viewer: Viewer, scope: TokenScope): Promise<Viewer> {
      const { id } = await catalog.tokens.createToken(viewer, { label: scope, scope })
      return { ...viewer, scope, tokenId: id }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

export type TemporaryCatalog = Awaited<ReturnType<typeof openTemporaryCatalog>>

export const stranger: Viewer = {
  account: undefined,
  scope: 'repo:public_read',
  tokenId: undefined,
  address: '192.0.2.9',
}
