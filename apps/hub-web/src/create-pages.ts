import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Account, Catalog, SignUp, SignedIn } from '@berth/catalog'
import type { Logger } from '@berth/stdx'
import { answerPage } from './answer-page.ts'
import { loadAssets } from './http/assets.ts'
import { openRequest } from './http/open-request.ts'
import type { Site } from './http/page-request.ts'
import { createRouter } from './http/router.ts'
import { pageRoutes } from './page-routes.ts'

export interface PagesOptions {
  catalog: Catalog
  logger: Logger
  /** How people reach the hub (`https://hub.example.com`), when that is not what their requests say: behind a proxy. */
  publicUrl?: string | undefined
  /** Where a request comes from. Default: the other end of its connection. */
  addressOf?: (request: IncomingMessage) => string
  /** In place of the catalog's, to limit it. Refusals are `CodedError`s that are shown. */
  signIn?: (name: string, password: string, address: string) => Promise<SignedIn | undefined>
  /** In place of the catalog's. */
  signUp?: (form: SignUp, address: string) => Promise<Account>
  /** Whether strangers may make themselves an account (default: true). */
  isSignUpOpen?: boolean
  /** Whether who signs up first runs the hub, and is told so (default: false). */
  firstAccountIsAdministrator?: boolean
}

export interface Pages {
  /**
   * Answers when the path is a page's, or nobody's and a browser asks; false leaves the request untouched. Errors become
   * pages; it never throws.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

/** The pages of a hub, drawn on the server. They keep nothing: any number of processes may show them. */
export async function createPages(options: PagesOptions): Promise<Pages> {
  const { catalog, logger } = options
  const site: Site = {
    catalog,
    logger: logger.named('pages'),
    assets: await loadAssets(),
    signIn: options.signIn ?? ((name, password) => catalog.accounts.signIn(name, password)),
    signUp: options.signUp ?? ((form, address) => catalog.accounts.signUp(form, address)),
    isSignUpOpen: options.isSignUpOpen ?? true,
    firstAccountIsAdministrator: options.firstAccountIsAdministrator ?? false,
  }
  const router = createRouter(pageRoutes)
  const { publicUrl, addressOf = peerAddress } = options
  return {
    handle: async (request, response) => {
      if (site.assets.handle(request, response)) return true
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
      const match = router.find(request.method ?? 'GET', path)
      if (!('route' in match) && match.allowed.length === 0 && !isBrowser(request)) return false
      const open = () => openRequest({ site, request, publicUrl, address: addressOf(request) })
      await answerPage({ open, match, request, response, logger: site.logger })
      return true
    },
  }
}

function peerAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? ''
}

/** Registry clients get the registry's own words for a path that is not there. */
function isBrowser({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && headers.accept?.includes('text/html') === true
}
