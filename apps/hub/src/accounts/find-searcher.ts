import type { IncomingMessage } from 'node:http'
import type { Catalog } from '@berth/catalog'
import { clientAddress, type AccessPolicy } from '@berth/registry-server'
import type { SignIn } from '../api/api-call.ts'
import { strangerAt, viewerOf, type ApiLogin } from '../api/find-login.ts'

export interface SearcherOptions {
  signIn: SignIn
  catalog: Pick<Catalog, 'accounts' | 'sessions'>
  /** Knows the tokens of our own token service. */
  policy: AccessPolicy
}

/**
 * Who asks `/v1/search`: `docker search` shows a password with Basic, or a token for `registry:catalog:search` that it
 * got for a login that lasts; a session will do, too. Nobody finds what is public.
 */
export function searcherFinder(options: SearcherOptions): (request: IncomingMessage) => Promise<ApiLogin> {
  return async (request) => {
    const address = clientAddress(request)
    const { authorization = '' } = request.headers
    const [scheme = '', credentials = ''] = authorization.trim().split(/ +/)
    switch (scheme.toLowerCase()) {
      case 'basic':
        return searcher(viewerOf(await signInBasic(options, credentials, address), address))
      case 'bearer':
        return searcher(await bearerViewer(options, { request, credentials, address }))
      default:
        return searcher(strangerAt(address))
    }
  }
}

function searcher(viewer: ApiLogin['viewer']): ApiLogin {
  return { viewer, sessionSecret: undefined }
}

function signInBasic({ signIn }: SearcherOptions, credentials: string, address: string) {
  const [name = '', ...secret] = Buffer.from(credentials, 'base64').toString('utf8').split(':')
  return signIn(name, secret.join(':'), address)
}

async function bearerViewer(
  { catalog, policy }: SearcherOptions,
  { request, credentials, address }: { request: IncomingMessage; credentials: string; address: string },
): Promise<ApiLogin['viewer']> {
  const login = await catalog.sessions.findSession(credentials)
  if (login) return viewerOf(login, address)
  const grant = await policy.grant(request.headers, address)
  const maySearch = grant.account !== undefined && (await grant.allows({ action: 'search' }))
  const account = maySearch ? await catalog.accounts.findAccount(grant.account ?? '') : undefined
  // The token says that the login may read; nothing more is asked of a search.
  return account ? { ...strangerAt(address), account, scope: 'repo:read' } : strangerAt(address)
}
