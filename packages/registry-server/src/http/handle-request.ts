import type { IncomingMessage, ServerResponse } from 'node:http'
import { isCoded, type Logger } from '@berth/stdx'
import type { Access, AccessPolicy, Grant } from '../access-policy.ts'
import type { ContentReader } from '../content/content-reader.ts'
import {
  mirroredName,
  type Located,
  type MirrorNamespace,
  type MirrorNamespaces,
} from '../mirror/mirror-namespace.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { parseRepository } from '../content/names.ts'
import type { RegistryHooks } from '../registry-hooks.ts'
import { RegistryError } from '../registry-error.ts'
import { clientAddress } from './client-address.ts'
import { errorReply, sendError } from './error-response.ts'
import type { RegistryServices, Route } from './exchange.ts'
import { findRoute } from './router.ts'

export interface RequestContext {
  services: RegistryServices
  content: ContentReader
  mirroring: { namespaces: MirrorNamespaces; mirror: Mirror } | undefined
  access: AccessPolicy
  hooks: RegistryHooks
  logger: Logger
}

/** Answers one request; never rejects. */
export async function handleRequest(
  context: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Clients of the first years look for it to tell a registry from another server.
  response.setHeader('Docker-Distribution-API-Version', 'registry/2.0')
  const leaving = new AbortController()
  // An answer that is out needs no end, and making the reason for one takes time.
  response.once('close', () => response.writableFinished || leaving.abort())
  try {
    await dispatch(context, { request, response, signal: leaving.signal })
  } catch (error) {
    answerError(context.logger, { request, response, error })
  }
}

async function dispatch(
  context: RequestContext,
  wire: { request: IncomingMessage; response: ServerResponse; signal: AbortSignal },
): Promise<void> {
  const { request, response } = wire
  const { services, access, hooks } = context
  const [asked, search] = splitOnce(request.url ?? '/', '?')
  const query = new URLSearchParams(search)
  const { path, namespace } = locate(context, { request, path: asked, ns: query.get('ns') })
  const match = findRoute(request.method ?? '', path)
  if ('allowed' in match) {
    if (match.allowed.length === 0) throw new RegistryError('UNKNOWN_ROUTE')
    response.setHeader('Allow', match.allowed.join(', '))
    throw new RegistryError('UNSUPPORTED')
  }
  const { route, params } = match
  const repository = repositoryOf(params['name'], namespace)
  const grant = await grantAccess(access, accessOf(route, repository), wire)
  const mirror = context.mirroring?.namespaces.of(repository) && context.mirroring.mirror
  if (mirror && route.action !== 'pull')
    throw new RegistryError('DENIED', { message: 'repository is a mirror and read-only' })
  const ns = query.get('ns')
  // An address may name one registry in its path and another, or nothing of the kind, here.
  if (ns !== null && namespace && context.mirroring?.namespaces.find(ns) === namespace)
    response.setHeader('OCI-Namespace', ns)
  const content = mirror ?? context.content
  await route.handler({ ...wire, services, content, mirror, repository, params, query, grant, hooks })
}

function locate(
  { mirroring }: RequestContext,
  { request, path, ns }: { request: IncomingMessage; path: string; ns: string | null },
): Located {
  if (!mirroring) return { path, namespace: undefined }
  const located = mirroring.namespaces.locate({ host: request.headers.host, path, ns })
  if (!located) throw new RegistryError('NAME_UNKNOWN', { message: 'registry is not mirrored here' })
  return located
}

function repositoryOf(name: string | undefined, namespace: MirrorNamespace | undefined): string {
  if (name === undefined) return ''
  return parseRepository(namespace ? mirroredName(namespace, name) : name)
}

function accessOf({ action }: Route, repository: string): Access {
  return action === 'base' || action === 'catalog' ? { action } : { action, repository }
}

async function grantAccess(
  policy: AccessPolicy,
  access: Access,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<Grant> {
  const grant = await policy.grant(request.headers, clientAddress(request)).catch((error) => {
    const challenge = isCoded(error, 'unauthorized') ? policy.challenge?.(access, request.headers) : undefined
    if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge)
    throw error
  })
  if (await grant.allows(access)) return grant
  const challenge = grant.challenge(access)
  if (challenge === undefined) throw new RegistryError('DENIED')
  response.setHeader('WWW-Authenticate', challenge)
  throw new RegistryError('UNAUTHORIZED')
}

function answerError(
  logger: Logger,
  { request, response, error }: { request: IncomingMessage; response: ServerResponse; error: unknown },
): void {
  // The client has gone: nobody is left to be told.
  if (response.destroyed || request.errored) return
  const reply = errorReply(error)
  if (reply.status >= 500) logger.error('request failed', { method: request.method, url: request.url, error })
  // Half an answer is out: cutting the line is the only way to say that it is not whole.
  if (response.headersSent) return void response.destroy()
  sendError(request, response, reply)
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
