import type { IncomingMessage } from 'node:http'
import type { Logger } from '@berth/stdx'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'

/** `{name}` matches one path segment, `{name:.*}` also slashes: image names hold them. */
type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name extends `${infer Plain}:.*` ? Plain : Name]: string } & Params<Rest>
  : unknown

export interface JsonOptions {
  /** Bytes; default 4 MiB. */
  limitBytes?: number
}

/** What a handler knows of a request. */
export interface RequestContext<Path extends string = string> {
  /** Decoded. */
  params: Params<Path>
  query: URLSearchParams
  /** For headers, and for a body that is no JSON: an async iterable of its bytes. */
  request: IncomingMessage
  /** The version in the path, or the newest when there is none. */
  apiVersion: string
  /** Aborts when the client leaves before the reply is complete, and when the server closes. */
  signal: AbortSignal
  /** The client asked to take the connection over (`Upgrade: tcp`). */
  isUpgrade: boolean
  logger: Logger
  /** The body as JSON, once; throws `invalid-argument` for another type, for bad JSON, for none and for a body too large. */
  json: <T>(options?: JsonOptions) => Promise<T>
  /** The same for endpoints that take no body as well. */
  optionalJson: <T>(options?: JsonOptions) => Promise<T | undefined>
}

/** Gives a plain value, sent as JSON with status 200, or a reply of reply.ts. What it throws becomes the error's status. */
export type Handler<Path extends string = string> = (context: RequestContext<Path>) => unknown

/** One operation of the API, as data: the whole API can be listed. */
export interface Route {
  readonly method: Method
  /** Without version, `/containers/{id}/json`; each route also answers below `/v1.x`. */
  readonly path: string
  /** The first API version that has it; older ones are refused. */
  readonly since?: string
  readonly handler: Handler
}

export function route<Path extends string>(method: Method, path: Path, handler: Handler<Path>): Route {
  return { method, path, handler }
}

/** The route as one that older API versions do not have. */
export function since(version: string, route: Route): Route {
  return { ...route, since: version }
}
