import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import { connectionError, cutReply, tunnelError } from './connection-error.ts'
import type { EngineRequest, EngineResponse, HijackedStream, Query } from './engine-client.ts'
import type { HostAddress } from './host-address.ts'
import { SshTunnel } from './ssh-tunnel.ts'
import type { TlsOptions, TransportOptions } from './transport-options.ts'

/**
 * Taken so because an `import` of node:http reads all of its exports, one of which loads undici: 45 ms of every start.
 */
const http = process.getBuiltinModule('node:http')
const net = process.getBuiltinModule('node:net')

const connectTimeoutMs = 30_000

/** HTTP to one address over kept-alive connections. Knows neither versions nor what a status means. */
export class Transport implements Disposable {
  readonly #options: TransportOptions
  readonly #tunnel: SshTunnel | undefined
  #agent: Agent | undefined

  constructor(options: TransportOptions) {
    this.#options = options
    const { address, environment } = options
    this.#tunnel = address.kind === 'ssh' ? new SshTunnel(address, environment) : undefined
  }

  /** A connection without HTTP on it, which may still fail. */
  connect(): Duplex {
    const { address, tls } = this.#options
    if (address.kind === 'unix') return net.connect(address.path)
    if (address.kind === 'ssh') return new SshTunnel(address, this.#options.environment).dial()
    const { hostname: host, port } = address
    return tls
      ? process.getBuiltinModule('node:tls').connect({ host, port, ...secureOptions(tls) })
      : net.connect({ host, port })
  }

  /** Resolves with the reply of any status when its headers are there. */
  async send(request: EngineRequest): Promise<EngineResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<EngineResponse>()
    const outgoing = this.#open(request, {})
    outgoing.once('response', (message) => resolve(this.#responseOf(message, request)))
    outgoing.once('error', (error) => void this.#explain(error, request).then(reject))
    finish(outgoing, request)
    return promise
  }

  /** Resolves with the raw stream on 101, else with the reply. */
  async upgrade(request: EngineRequest): Promise<HijackedStream | EngineResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<HijackedStream | EngineResponse>()
    const outgoing = this.#open(request, { connection: 'Upgrade', upgrade: 'tcp' })
    outgoing.once('upgrade', (message: IncomingMessage, stream: Duplex, head: Buffer) => {
      if (head.length > 0) stream.unshift(head)
      resolve({ stream, contentType: message.headers['content-type'] ?? '' })
    })
    outgoing.once('response', (message) => resolve(this.#responseOf(message, request)))
    outgoing.once('error', (error) => void this.#explain(error, request).then(reject))
    finish(outgoing, request)
    return promise
  }

  [Symbol.dispose](): void {
    this.#agent?.destroy()
  }

  #open(request: EngineRequest, extra: Record<string, string>): ClientRequest {
    const { address, headers, tls } = this.#options
    const options: RequestOptions = {
      ...placeOf(address),
      method: request.method,
      path: request.path + formatQuery(request.query ?? {}),
      headers: { ...headers, ...bodyHeaders(request), ...request.headers, ...extra },
      ...(request.signal ? { signal: request.signal } : {}),
    }
    const outgoing = tls && address.kind === 'tcp' ? this.#openTls(options, tls) : this.#openPlain(options)
    limitConnecting(outgoing)
    return outgoing
  }

  #openPlain(options: RequestOptions): ClientRequest {
    const agent = (this.#agent ??= this.#plainAgent())
    return http.request({ ...options, agent })
  }

  #plainAgent(): Agent {
    const agent = new http.Agent({ keepAlive: true })
    const tunnel = this.#tunnel
    return tunnel ? Object.assign(agent, { createConnection: () => tunnel.dial() }) : agent
  }

  #openTls(options: RequestOptions, tls: TlsOptions): ClientRequest {
    const https = process.getBuiltinModule('node:https')
    const agent = (this.#agent ??= new https.Agent({ keepAlive: true }))
    return https.request({ ...options, ...secureOptions(tls), agent })
  }

  #responseOf(message: IncomingMessage, { signal }: EngineRequest): EngineResponse {
    const body = this.#wholeBody(message, signal)
    return { status: message.statusCode ?? 0, headers: message.headers, body }
  }

  async *#wholeBody(message: IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    try {
      yield* message as AsyncIterable<Uint8Array>
    } catch (error) {
      throw signal?.aborted ? error : cutReply(error, this.#options)
    }
  }

  async #explain(error: Error, request: EngineRequest): Promise<Error> {
    if (request.signal?.aborted) return error
    if (error instanceof UploadFailure && error.cause instanceof Error) return error.cause
    const failure = await this.#tunnel?.failure()
    if (failure) return tunnelError(failure, this.#options, request)
    return connectionError(error, this.#options, request)
  }
}

function placeOf(address: HostAddress): RequestOptions {
  if (address.kind === 'unix') return { socketPath: address.path, host: 'localhost' }
  return address.kind === 'ssh' ? { host: 'localhost' } : { host: address.hostname, port: address.port }
}

function secureOptions({ ca, cert, key, verify }: TlsOptions) {
  return { ca: asBuffer(ca), cert: asBuffer(cert), key: asBuffer(key), rejectUnauthorized: verify }
}

function asBuffer(bytes: Uint8Array | undefined): Buffer | undefined {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function limitConnecting(outgoing: ClientRequest): void {
  outgoing.setTimeout(connectTimeoutMs, () => outgoing.destroy(new Error('i/o timeout')))
  outgoing.once('socket', (socket) => {
    const release = () => outgoing.setTimeout(0)
    if (socket.connecting) socket.once('connect', release)
    else release()
  })
}

function finish(outgoing: ClientRequest, { body, upload }: EngineRequest): void {
  if (upload) void send(upload, outgoing)
  else outgoing.end(body === undefined ? undefined : JSON.stringify(body))
}

/** What failed before it came to the connection, which is not the engine's fault. */
class UploadFailure extends Error {
  override readonly name = 'UploadFailure'
}

/** Never rejects: what goes wrong is the request's own error, or the reply of an engine that has read enough. */
async function send(upload: AsyncIterable<Uint8Array>, outgoing: ClientRequest): Promise<void> {
  try {
    for await (const chunk of upload) {
      if (!outgoing.write(chunk)) await writable(outgoing)
      if (outgoing.destroyed) return
    }
    outgoing.end()
  } catch (error) {
    outgoing.destroy(new UploadFailure('the upload failed', { cause: error }))
  }
}

/** Resolves also when it never will be again. */
function writable(outgoing: ClientRequest): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = () => {
    outgoing.off('drain', done).off('close', done)
    resolve()
  }
  outgoing.on('drain', done).on('close', done)
  return promise
}

/** A POST without a body says so, or Node would leave the length out and an upgrade would carry chunks. */
function bodyHeaders({ method, body, upload }: EngineRequest): Record<string, string> {
  if (upload) return { 'content-type': 'application/x-tar' }
  if (body === undefined) return method === 'POST' || method === 'PUT' ? { 'content-length': '0' } : {}
  const length = Buffer.byteLength(JSON.stringify(body))
  return { 'content-type': 'application/json', 'content-length': String(length) }
}

function formatQuery(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    const values = typeof value === 'object' ? value : [value]
    for (const one of values) {
      if (one !== undefined && one !== false && one !== '')
        parameters.append(name, one === true ? '1' : String(one))
    }
  }
  return parameters.size === 0 ? '' : `?${parameters}`
}
