import { openCatalog } from '@berth/catalog'
import { addAccount, passwordOf, type AccountRole } from '@berth/catalog/testsuite'
import { createPages } from '@berth/hub-web'
import { createRegistry, createRegistryHttpServer, type ImageContent } from '@berth/registry-server'
import { openSqlDatabase } from '@berth/sql'
import { silentLogger } from '@berth/stdx'
import { listenOnLoopback, temporaryDirectory } from '@berth/stdx/testsuite'
import type { BrowserContext } from 'playwright-core'

/** A registry, a catalog and the pages over both, on a free port of 127.0.0.1; in this process, so tests can look behind. */
export async function startPageHub() {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  const database = stack.use(await openSqlDatabase(':memory:'))
  const registry = stack.use(await createRegistry({ directory, logger: silentLogger }))
  const catalog = stack.use(await openCatalog({ database, contents: registry.contents }))
  const pages = await createPages({ catalog, logger: silentLogger })
  const server = createRegistryHttpServer((request, response) => {
    void pages
      .handle(request, response)
      .then((isAnswered) => (isAnswered ? undefined : registry.handle(request, response)))
  })
  const { url } = stack.use(await listenOnLoopback(server))
  const owned = stack.move()
  return {
    url,
    catalog,
    addAccount: (name: string, role?: AccountRole) => addAccount(catalog, name, role),
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
