import type { IncomingMessage } from 'node:http'
import type { Account, Catalog, SignedIn, SignUp, Viewer } from '@berth/catalog'
import type { GenericSchema, InferOutput } from 'valibot'

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Lets somebody in by name and secret, as often as they may try; throws `unauthorized` for a wrong one. */
export type SignIn = (name: string, secret: string, address: string) => Promise<SignedIn>

/** What handlers work with. */
export interface ApiServices {
  catalog: Catalog
  signIn: SignIn
  signUp: (form: SignUp, address: string) => Promise<Account>
  /** Whether strangers may make themselves an account. */
  isSignUpOpen: boolean
}

/** One request of the hub's API, as its handler sees it. */
export interface ApiCall extends ApiServices {
  viewer: Viewer
  /** Secret of the session that the request shows, if it does. */
  sessionSecret: string | undefined
  /** Decoded parts of the path. */
  params: Readonly<Record<string, string>>
  /** As the client wrote it, without host: links to other pages of a list are made from it. */
  url: URL
  request: IncomingMessage
  /** The body as JSON; throws `invalid-argument` for none, for what is no JSON, and for what does not fit. */
  body<Schema extends GenericSchema>(schema: Schema): Promise<InferOutput<Schema>>
}

export interface ApiReply {
  status: number
  /** Sent as JSON; none for undefined. */
  body?: unknown
}

export interface ApiRoute {
  method: ApiMethod
  /** `:name` is one part of the path; a repository whose name has slashes is written with `%2F`. */
  path: string
  handler: (call: ApiCall) => Promise<ApiReply>
}

export const route = (method: ApiMethod, path: string, handler: ApiRoute['handler']): ApiRoute => ({
  method,
  path,
  handler,
})

export const ok = (body: unknown): ApiReply => ({ status: 200, body })
export const created = (body: unknown): ApiReply => ({ status: 201, body })
export const done: ApiReply = { status: 204 }

/** `namespace/name` of the path. */
export function repositoryOf({ params }: Pick<ApiCall, 'params'>): string {
  return `${params['namespace']}/${params['name']}`
}
