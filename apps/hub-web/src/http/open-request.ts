import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { SignedIn, Viewer } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import { CookieJar } from './cookie-jar.ts'
import { FormGuard } from './form-guard.ts'
import { findNotice } from './notices.ts'
import type { PageRequest, Site } from './page-request.ts'
import { isSameOrigin } from './same-origin.ts'
import { findSessionSecret } from './session-cookie.ts'
import { parseTheme } from './theme.ts'

export interface OpenRequestOptions {
  site: Site
  request: IncomingMessage
  publicUrl: string | undefined
  address: string
}

const hostPattern = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/

/** Who asks, and from where; the path's parameters and the form are filled in by who answers. */
export async function openRequest(options: OpenRequestOptions): Promise<PageRequest> {
  const { site, request, address } = options
  const origin = originOf(options)
  const cookies = new CookieJar(request.headers.cookie, origin.startsWith('https:'))
  const { login, sessionSecret } = await findLogin(site, cookies)
  // Joined as text: a path that begins with two slashes names no host.
  const url = new URL(`http://here.invalid${request.url ?? '/'}`)
  return {
    site,
    catalog: site.catalog,
    viewer: viewerOf(login, address),
    sessionSecret,
    sessionId: login?.sessionId,
    theme: parseTheme(cookies.find('theme')),
    path: `${url.pathname}${url.search}`,
    params: {},
    query: url.searchParams,
    form: new URLSearchParams(),
    cookies,
    client: request.headers['user-agent'],
    method: request.method ?? 'GET',
    forms: new FormGuard(cookies, sessionSecret),
    notice: takeNotice(cookies),
    origin,
    registryHost: new URL(origin).host,
  }
}

/** Throws `forbidden` when another site's page sent the form, or it was shown to somebody else. */
export function checkForm(
  opened: PageRequest,
  options: { request: IncomingMessage; isTokenFree: boolean },
): void {
  const { headers } = options.request
  const hosts = [opened.registryHost, headers.host ?? '']
  const isOurs =
    isSameOrigin(headers, hosts) &&
    (options.isTokenFree || opened.forms.isValid(opened.form.get('form-token')))
  if (isOurs) return
  throw new CodedError(
    'forbidden',
    'The form is too old or was not shown by this hub, so nothing was changed.',
    {
      hint: 'Go back, reload the page and send it again.',
    },
  )
}

function originOf({ request, publicUrl }: OpenRequestOptions): string {
  if (publicUrl !== undefined) return new URL(publicUrl).origin
  const isTls = (request.socket as Partial<TLSSocket>).encrypted === true
  const host = request.headers.host ?? ''
  return `${isTls ? 'https' : 'http'}://${hostPattern.test(host) ? host : 'localhost'}`
}

async function findLogin(
  { catalog }: Site,
  cookies: CookieJar,
): Promise<{ login: SignedIn | undefined; sessionSecret: string | undefined }> {
  const secret = findSessionSecret(cookies)
  const login = secret === undefined ? undefined : await catalog.sessions.findSession(secret)
  return { login, sessionSecret: login && secret }
}

function viewerOf(login: SignedIn | undefined, address: string): Viewer {
  return login
    ? { ...login, address }
    : { account: undefined, scope: 'repo:public_read', tokenId: undefined, address }
}

function takeNotice(cookies: CookieJar) {
  const name = cookies.find('notice')
  if (name !== undefined) cookies.delete('notice')
  return findNotice(name)
}
