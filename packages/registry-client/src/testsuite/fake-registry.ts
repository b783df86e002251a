import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { digestOf, mediaTypes, type Descriptor, type Reference } from '@berth/oci'
import { listenOnLoopback } from '@berth/stdx/testsuite'

export interface SeenRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

export interface FakeServer extends AsyncDisposable {
  /** `127.0.0.1:port` */
  host: string
  url: string
  seen: SeenRequest[]
}

export type Responder = (request: SeenRequest, response: ServerResponse) => void

export interface FakeServerOptions {
  /** Where to listen; loopback by default. */
  address: string
  open: (listener: RequestListener) => Server
}

const plainOnLoopback: FakeServerOptions = { address: '127.0.0.1', open: createServer }

/** A real server that does what a test tells it and remembers what it was asked. */
export async function openFakeServer(respond: Responder, options = plainOnLoopback): Promise<FakeServer> {
  const seen: SeenRequest[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>).catch(() => undefined)
    // The client has left in the middle.
    if (!chunks) return void response.destroy()
    const body = Buffer.concat(chunks).toString()
    const entry = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    }
    seen.push(entry)
    respond(entry, response)
  }
  const server = options.open((request, response) => void answer(request, response))
  const listening = await listenOnLoopback(server, options.address)
  const { address: host, url } = listening
  return { host, url, seen, [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose]() }
}

export interface Answer {
  status: number
  headers?: Record<string, string>
}

export function sendJson(response: ServerResponse, { status, headers }: Answer, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value))
}

export function sendError(
  response: ServerResponse,
  answer: Answer,
  error: { code: string; message?: string },
): void {
  sendJson(response, answer, { errors: [{ message: '', ...error }] })
}

/** An image manifest as small as can be, and what points at it. */
export const manifestBytes = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf('{}'), size: 2 },
    layers: [],
  }),
)

export function sendManifest(response: ServerResponse, contentType: string = mediaTypes.ociManifest): void {
  response
    .writeHead(200, { 'Content-Type': contentType, 'Content-Length': manifestBytes.length })
    .end(manifestBytes)
}

export const descriptorOf = (bytes: Uint8Array): Descriptor => ({
  mediaType: mediaTypes.ociLayer,
  digest: digestOf(bytes),
  size: bytes.length,
})

export const referenceTo = (registry: string): Reference => ({ registry, repository: 'team/app', tag: 'v1' })
