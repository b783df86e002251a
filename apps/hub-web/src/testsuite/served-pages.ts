import { createServer } from 'node:http'
import { openTemporaryCatalog, passwordOf } from '@berth/catalog/testsuite'
import { silentLogger } from '@berth/stdx'
import { listenOnLoopback } from '@berth/stdx/testsuite'
import { createPages, type PagesOptions } from '../create-pages.ts'
import { PageVisitor } from './page-visitor.ts'

/** Pages over a catalog in memory, on a free port of 127.0.0.1. What no page answers is 418. */
export async function servePages(options: Partial<PagesOptions> = {}) {
  await using stack = new AsyncDisposableStack()
  const { firstAccountIsAdministrator = false } = options
  const catalog = stack.use(await openTemporaryCatalog({ firstAccountIsAdministrator }))
  // Sessions end by the browser's clock, too.
  catalog.clock.now = Date.now()
  const pages = await createPages({ catalog, logger: silentLogger, ...options })
  const server = createServer((request, response) => {
    void pages.handle(request, response).then((isAnswered) => isAnswered || response.writeHead(418).end())
  })
  const { url } = stack.use(await listenOnLoopback(server))
  const owned = stack.move()
  return {
    url,
    catalog,
    /** Somebody new, who has not signed in. */
    visitor: () => new PageVisitor(url),
    /** A browser that an account has signed in with; the account is made when it is not there. */
    async signedIn(name: string, role: 'user' | 'administrator' = 'user') {
      const known = await catalog.accounts.findAccount(name)
      if (!known) await catalog.addAccount(name, role)
      const visitor = new PageVisitor(url)
      const { status } = await visitor.submit('/signin', { name, password: passwordOf(name) })
      if (status !== 303) throw new Error(`${name} cannot sign in: ${status}`)
      return visitor
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
