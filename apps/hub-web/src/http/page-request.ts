import type { Account, Catalog, SignUp, SignedIn, Viewer } from '@berth/catalog'
import type { Logger } from '@berth/stdx'
import type { VNode } from '../rendering/html.ts'
import type { Assets } from './assets.ts'
import type { CookieJar } from './cookie-jar.ts'
import type { FormGuard } from './form-guard.ts'
import type { NoticeName } from './notices.ts'
import type { Theme } from './theme.ts'

/** What all pages of a hub share. */
export interface Site {
  catalog: Catalog
  logger: Logger
  assets: Assets
  signIn: (name: string, password: string, address: string) => Promise<SignedIn | undefined>
  signUp: (form: SignUp, address: string) => Promise<Account>
  isSignUpOpen: boolean
  firstAccountIsAdministrator: boolean
}

/** One request being answered. */
export interface PageRequest {
  site: Site
  catalog: Catalog
  viewer: Viewer
  /** Secret of the session that the viewer has, if they have one. */
  sessionSecret: string | undefined
  /** How that session is called in the list of sessions. */
  sessionId: string | undefined
  theme: Theme
  method: string
  /** What the browser says it is. */
  client: string | undefined
  /** With the query. */
  path: string
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** Empty unless something was sent. */
  form: URLSearchParams
  cookies: CookieJar
  forms: FormGuard
  notice: NoticeName | undefined
  /** `https://host[:port]`, as people reach the hub. */
  origin: string
  /** How images here are named: `host[:port]`. */
  registryHost: string
}

export type Reply = PageReply | RedirectReply

export interface PageReply {
  kind: 'page'
  title: string
  body: VNode
  /** Default: 200. */
  status?: number
  /** When it may be tried again, after too many tries. */
  retryAfterMs?: number | undefined
}

export interface RedirectReply {
  kind: 'redirect'
  location: string
  /** Said at the top of the next page. */
  notice?: NoticeName
}

export function page(title: string, body: VNode, status = 200): PageReply {
  return { kind: 'page', title, body, status }
}

export function redirect(location: string, notice?: NoticeName): RedirectReply {
  return { kind: 'redirect', location, ...(notice && { notice }) }
}

type Handler = (request: PageRequest) => Promise<Reply> | Reply

export interface Route {
  method: 'GET' | 'POST'
  path: string
  handler: Handler
  /** `account`: strangers are asked to sign in first. */
  access: 'anyone' | 'account'
  /** Changes nothing that would need a proof of where the form came from beyond the browser's own word. */
  isTokenFree?: true
}

/** A page for everyone. What they see on it is for the catalog to decide. */
export function open(method: Route['method'], path: string, handler: Handler): Route {
  return { method, path, handler, access: 'anyone' }
}

/** A page for those who have signed in. */
export function signedIn(method: Route['method'], path: string, handler: Handler): Route {
  return { method, path, handler, access: 'account' }
}

/** The account on a page for those who have signed in. */
export function accountOf({ viewer }: PageRequest): Account {
  if (!viewer.account) throw new Error('A page for accounts was shown to a stranger')
  return viewer.account
}
