import { Agent, request as startHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import type { Agent as TlsAgent } from 'node:https'
import type { Timeouts } from './timeouts.ts'

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST'
  url: URL
  headers: Readonly<Record<string, string>>
  body?: string
  signal: AbortSignal | undefined
  connectTimeoutMs: number
  /** Of a host that is listed as insecure. */
  isAnyCertificateAccepted: boolean
}

/** No response came. `phase` tells whether a connection (with TLS: a finished handshake) was there. */
export class TransportError extends Error {
  readonly phase: 'connect' | 'response'

  constructor(phase: 'connect' | 'response', cause: unknown) {
    super('no response', { cause })
    this.phase = phase
  }
}

const agentOptions = { keepAlive: true, maxFreeSockets: 8, timeout: 60_000 }

/** One request, one response: pooled connections and time limits; no redirects, no authentication, no retries. */
export class HttpTransport implements Disposable {
  readonly #timeouts: Timeouts
  readonly #caFiles: readonly string[]
  readonly #plain = new Agent(agentOptions)
  #verified: Promise<TlsAgent> | undefined
  #unverified: Promise<TlsAgent> | undefined

  constructor(timeouts: Timeouts, caFiles: readonly string[]) {
    this.#timeouts = timeouts
    this.#caFiles = caFiles
  }

  /** Resolves when the header is there; the caller reads or destroys the body. */
  async send(request: HttpRequest): Promise<IncomingMessage> {
    request.signal?.throwIfAborted()
    try {
      return await this.#sendOnce(request)
    } catch (error) {
      if (!(error instanceof StaleConnectionError)) throw error
      return await this.#sendOnce(request)
    }
  }

  async #sendOnce(request: HttpRequest): Promise<IncomingMessage> {
    const isTls = request.url.protocol === 'https:'
    const start = isTls ? (await import('node:https')).request : startHttp
    const options: RequestOptions = {
      method: request.method,
      headers: {
        ...request.headers,
        ...(request.body && { 'Content-Length': String(Buffer.byteLength(request.body)) }),
      },
      agent: isTls ? await this.#tlsAgent(request.isAnyCertificateAccepted) : this.#plain,
      maxHeaderSize: 64 * 1024,
      ...(request.signal && { signal: request.signal }),
    }
    const outgoing = start(request.url, options)
    outgoing.end(request.body)
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    let phase: TransportError['phase'] = 'connect'
    const expire = () => outgoing.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }))
    let timer = setTimeout(expire, request.connectTimeoutMs)
    const connected = () => {
      phase = 'response'
      clearTimeout(timer)
      timer = setTimeout(expire, this.#timeouts.responseMs)
    }
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once(isTls ? 'secureConnect' : 'connect', connected)
      else connected()
    })
    outgoing.once('response', resolve)
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(isStale ? new StaleConnectionError() : new TransportError(phase, error))
    })
    try {
      return await promise
    } catch (error) {
      request.signal?.throwIfAborted()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  #tlsAgent(isAnyCertificateAccepted: boolean): Promise<TlsAgent> {
    if (isAnyCertificateAccepted) return (this.#unverified ??= tlsAgent({ rejectUnauthorized: false }))
    return (this.#verified ??= trustedCertificates(this.#caFiles).then((ca) => tlsAgent({ ca })))
  }

  [Symbol.dispose](): void {
    this.#plain.destroy()
    for (const agent of [this.#verified, this.#unverified]) void agent?.then((agent) => agent.destroy())
  }
}

/** The server closed a kept connection at the moment it was used again: nothing was processed, so ask once more. */
class StaleConnectionError extends Error {}

async function tlsAgent(options: { ca?: string[]; rejectUnauthorized?: boolean }): Promise<TlsAgent> {
  const { Agent } = await import('node:https')
  return new Agent({ ...agentOptions, ...options })
}

/** Node's own list alone would not know the certificates that an administrator installed on the machine. */
async function trustedCertificates(files: readonly string[]): Promise<string[]> {
  const [{ getCACertificates }, { readFile }] = await Promise.all([
    import('node:tls'),
    import('node:fs/promises'),
  ])
  const own = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...own])]
}
