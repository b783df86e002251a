import { decodeRegistryAuth } from '@berth/api'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SeenRequest {
  method: string
  /** Without the version. */
  url: string
  body: unknown
  /** What X-Registry-Auth holds, where it was sent. */
  auth?: unknown
}

export interface FakeEngine extends AsyncDisposable {
  host: string
  requests: SeenRequest[]
}

/**
 * Replies by `METHOD /path` without version and query: an object is JSON, text is sent as it is, a number is a bare
 * status, an Error a 404 with its message, and a function makes any of these of the request.
 */
export type FakeReplies = Readonly<Record<string, unknown>>

export interface FakeEngineOptions {
  /** The newest that it has (default: that of the stock client). */
  apiVersion?: string
}

/** An engine on a socket of its own that says what it is told to. */
export async function startFakeEngine(
  replies: FakeReplies,
  { apiVersion = '1.50' }: FakeEngineOptions = {},
): Promise<FakeEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-fake-engine-'))
  const socket = join(folder, 'engine.sock')
  const requests: SeenRequest[] = []
  const server = createServer(
    (request, response) => void answer(request, response, { replies, requests, apiVersion }),
  )
  await new Promise<void>((resolve) => void server.listen(socket, resolve))
  return {
    host: `unix://${socket}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Answering {
  apiVersion: string
  replies: FakeReplies
  requests: SeenRequest[]
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { replies, requests, apiVersion }: Answering,
): Promise<void> {
  const method = request.method ?? ''
  const url = (request.url ?? '').replace(/^\/v\d+\.\d+/, '')
  const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>).catch(() => undefined)
  // The client has left in the middle.
  if (!chunks) return void response.destroy()
  const text = Buffer.concat(chunks).toString()
  response.setHeader('api-version', apiVersion)
  response.setHeader('ostype', 'linux')
  if (url === '/_ping') {
    response.end(method === 'HEAD' ? undefined : 'OK')
    return
  }
  const auth = request.headers['x-registry-auth']
  const seen = {
    method,
    url,
    body: bodyOf(text, request.headers['content-type']),
    ...(auth ? { auth: decodeRegistryAuth(String(auth)) } : {}),
  }
  requests.push(seen)
  const known = replies[`${method} ${url.split('?')[0]}`] ?? new Error('page not found')
  const reply =
    typeof known === 'function'
      ? (known as (request: SeenRequest, all: readonly SeenRequest[]) => unknown)(seen, requests)
      : known
  if (typeof reply === 'number') response.statusCode = reply
  if (reply instanceof Error) response.statusCode = 404
  response.setHeader('content-type', 'application/json')
  if (reply instanceof Error) response.end(JSON.stringify({ message: reply.message }))
  else
    response.end(
      typeof reply === 'number' ? undefined : typeof reply === 'string' ? reply : JSON.stringify(reply),
    )
}

function bodyOf(text: string, contentType: string | undefined): unknown {
  if (text === '') return undefined
  return contentType === 'application/json' ? (JSON.parse(text) as unknown) : text
}
