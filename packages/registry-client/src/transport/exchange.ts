import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { HttpRequest, RequestBody } from './http-request.ts'
import type { Timeouts } from './timeouts.ts'

/** Taken so because an `import` of node:http reads all of its exports, one of which loads undici: 40 ms and 7 MB. */
const { request: startHttp } = process.getBuiltinModule('node:http')

/** No response came. `phase` tells whether a connection (with TLS: a finished handshake) was there. */
export class TransportError extends Error {
  readonly phase: 'connect' | 'response'

  constructor(phase: 'connect' | 'response', cause: unknown) {
    super('no response', { cause })
    this.phase = phase
  }
}

/** The server closed a kept connection at the moment it was used again: nothing was processed, so ask once more. */
export class StaleConnectionError extends TransportError {}

export interface ExchangeOptions {
  agent: Agent
  timeouts: Pick<Timeouts, 'stallMs' | 'responseMs'>
}

/** Sends one request and resolves with the response as soon as its header is there. */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<IncomingMessage> {
  const outgoing = await start(request, options.agent)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  let phase: TransportError['phase'] = 'connect'
  // Told here: while a proxy has not answered, a request that is destroyed says nothing.
  const end = (reason: unknown) => {
    outgoing.destroy()
    reject(new TransportError(phase, reason))
  }
  using _left = onAbort(request.signal, end)
  using deadline = new Deadline(end, request.connectTimeoutMs)
  const { responseMs = options.timeouts.responseMs, body } = request
  const connected = () => {
    phase = 'response'
    deadline.set(body ? options.timeouts.stallMs : responseMs)
  }
  outgoing.once('socket', (socket) => {
    const event = request.url.protocol === 'https:' ? 'secureConnect' : 'connect'
    if (socket.connecting) socket.once(event, connected)
    else connected()
  })
  outgoing.once('response', (response: IncomingMessage) => {
    closeWhenRefused(outgoing, response)
    resolve(response)
  })
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    const isReset = error.code === 'ECONNRESET' || error.code === 'EPIPE'
    // A body may have been taken in part: who sends it finds out how far.
    const isStale = outgoing.reusedSocket && isReset && !body
    reject(isStale ? new StaleConnectionError(phase, error) : new TransportError(phase, error))
  })
  if (body) void sendBody(outgoing, body, deadline).then(() => deadline.set(responseMs), reject)
  else outgoing.end()
  try {
    return await promise
  } catch (error) {
    request.signal?.throwIfAborted()
    throw error
  }
}

async function start(request: HttpRequest, agent: Agent): Promise<ClientRequest> {
  const begin = request.url.protocol === 'https:' ? (await import('node:https')).request : startHttp
  const hasLength = request.body !== undefined || !['GET', 'HEAD'].includes(request.method)
  const options: RequestOptions = {
    method: request.method,
    headers: {
      ...request.headers,
      ...(hasLength && { 'Content-Length': String(request.body?.sizeBytes ?? 0) }),
    },
    agent,
    maxHeaderSize: 64 * 1024,
    ...(request.addresses && { lookup: pinned(request.addresses) }),
    ...(request.signal && { signal: request.signal }),
  }
  return begin(request.url, options)
}

/** What was checked is what is connected to, whatever the name means a moment later. */
const pinned =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_hostname, { all }, callback) => {
    const [first] = addresses
    if (all) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family)
  }

function onAbort(signal: AbortSignal | undefined, action: (reason: unknown) => void): Disposable {
  const listener = () => action(signal?.reason)
  signal?.addEventListener('abort', listener)
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', listener) }
}

/** Ends a request that nothing happens to for too long; once it is disposed, no more. */
class Deadline implements Disposable {
  readonly #expire: () => void
  #timer: NodeJS.Timeout
  #isOver = false

  constructor(end: (reason: Error) => void, waitMs: number) {
    this.#expire = () => end(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }))
    this.#timer = setTimeout(this.#expire, waitMs)
  }

  set(waitMs: number): void {
    if (this.#isOver) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#expire, waitMs)
  }

  restart(): void {
    if (!this.#isOver) this.#timer.refresh()
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }
}

/** What the source of the bytes throws is thrown; what breaks on the line is the request's own error. */
async function sendBody(outgoing: ClientRequest, body: RequestBody, deadline: Deadline): Promise<void> {
  let failure: { reason: unknown } | undefined
  async function* pieces() {
    try {
      for await (const piece of body.open()) {
        deadline.restart()
        yield piece
      }
    } catch (reason) {
      failure = { reason }
      throw reason
    }
  }
  try {
    await pipeline(pieces(), outgoing)
  } catch {
    if (failure) throw failure.reason
    // The line's failure: `outgoing` has told it, or the server has answered before it had everything.
    return
  }
}

/** A server that answers before it has the whole body does not want the rest of it. */
function closeWhenRefused(outgoing: ClientRequest, response: IncomingMessage): void {
  if (!outgoing.writableFinished) response.once('end', () => outgoing.destroy())
}
