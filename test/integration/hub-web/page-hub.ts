import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalog, type Viewer } from '@berth/catalog'
import { createPages } from '@berth/hub-web'
import { createRegistry, createRegistryHttpServer, type ImageContent } from '@berth/registry-server'
import { openSqlDatabase } from '@berth/sql'
import { silentLogger } from '@berth/stdx'
import type { BrowserContext } from 'playwright-core'

export const passwordOf = (name: string): string => `the password of ${name}`

/** A registry, a catalog and the pages over both, on a free port of 127.0.0.1; in this process, so tests can look behind. */
export async function startPageHub() {
  await using stack = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'berth-pages-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const database = stack.use(await openSqlDatabase(':memory:'))
  const registry = stack.use(await createRegistry({ directory, logger: silentLogger }))
  const catalog = stack.use(await openCatalog({ database, contents: registry.contents }))
  const pages = await createPages({ catalog, logger: silentLogger })
  const server = createRegistryHttpServer((request, response) => {
    void pages
      .handle(request, response)
      .then((isAnswered) => (isAnswered ? undefined : registry.handle(request, response)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const owned = stack.move()
  return {
    url,
    catalog,
    async addAccount(name: string, role: 'user' | 'administrator' = 'user'): Promise<Viewer> {
      const form = { name, email: `${name}@example.test`, password: passwordOf(name) }
      const account =
        role === 'administrator'
          ? await catalog.accounts.createAdministrator(form)
          : await catalog.accounts.signUp(form, '127.0.0.1')
      return { account, scope: 'repo:admin', tokenId: undefined, address: '127.0.0.1' }
    },
    /** As if the account had pushed it. */
    async push(image: ImageContent, { name, tag, account }: { name: string; tag: string; account: string }) {
      const digest = await registry.putImage(name, tag, image)
      catalog.registry.noteActivity({ kind: 'push', repository: name, digest, tags: [tag], account })
      await catalog.registry.flush()
      return digest
    },
    /** Gives a browser a session, as signing in does. */
    async signIn(context: BrowserContext, name: string): Promise<void> {
      const login = await catalog.accounts.signIn(name, passwordOf(name))
      if (!login) throw new Error(`${name} cannot sign in`)
      const { secret } = await catalog.sessions.createSession(login, { address: '127.0.0.1' })
      await context.addCookies([{ name: 'berth_session', value: secret, url }])
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
