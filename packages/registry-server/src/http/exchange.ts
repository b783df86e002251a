import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Access, Grant } from '../access-policy.ts'
import type { Blobs } from '../content/blobs.ts'
import type { ContentReader } from '../content/content-reader.ts'
import type { Manifests } from '../content/manifests.ts'
import type { ManifestStore } from '../metadata/manifest-store.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { RegistryHooks } from '../registry-hooks.ts'
import type { RepositoryStore } from '../metadata/repository-store.ts'
import type { Uploads } from '../content/uploads.ts'

/** What handlers work with. */
export interface RegistryServices {
  blobs: Blobs
  uploads: Uploads
  manifests: Manifests
  /** Lists need no rules: they are read from the stores. */
  stores: { repositories: RepositoryStore; manifests: ManifestStore }
}

/** One request being answered. */
export interface Exchange {
  services: RegistryServices
  /** Where this repository's content is read from. */
  content: ContentReader
  /** Set when the repository is another registry's. */
  mirror: Mirror | undefined
  request: IncomingMessage
  response: ServerResponse
  /** Parsed and checked; empty on routes without a name. */
  repository: string
  /** The other variable parts of the path, as they came. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  grant: Grant
  hooks: RegistryHooks
  /** Aborted when the client has left. */
  signal: AbortSignal
}

type Handler = (exchange: Exchange) => Promise<void>

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Route {
  methods: readonly Method[]
  /** `:name` is a repository, which may have slashes. */
  path: string
  action: Access['action']
  handler: Handler
}

export function sendJson(response: ServerResponse, value: unknown, headers?: OutgoingHttpHeaders): void {
  sendJsonText(response, JSON.stringify(value), headers)
}

export function sendJsonText(
  response: ServerResponse,
  json: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = Buffer.from(json)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers })
  response.end(body)
}

export function sendEmpty(response: ServerResponse, status: number, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, status === 204 || status === 304 ? headers : { 'Content-Length': 0, ...headers })
  response.end()
}

/** Distribution specification, "Warnings": shown by clients to their users. */
export function warningHeader(text: string): { Warning: string } {
  return { Warning: `299 - ${JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1000))}` }
}
