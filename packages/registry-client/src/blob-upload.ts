import { CodedError } from '@berth/stdx'
import { discard } from './transport/discard.ts'
import { EndpointFailure } from './transport/endpoint-failure.ts'
import type { EndpointResponse } from './transport/endpoint-transport.ts'
import type { Endpoint } from './transport/endpoint.ts'
import type { RequestBody } from './transport/http-request.ts'
import type { PushBlobRequest } from './push-blob-request.ts'
import { redirectTarget } from './transport/redirect.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'
import { pushScopes } from './auth/scopes.ts'

/** A blob up to this size goes in one request with the commit; what is lost when that is cut is soon sent again. */
const wholeBytesMax = 4 * 1024 * 1024
/** What is sent at a time to a registry that refuses larger bodies. */
const pieceBytes = 16 * 1024 * 1024

/** One upload session of a registry (distribution specification, end-4 to end-6 and end-13), gone on with after failures. */
export class BlobUpload {
  readonly #session: RegistrySession
  readonly #request: PushBlobRequest
  #location: URL | undefined
  /** Bytes that the registry has. */
  #offset = 0
  #pieceBytesMax = Infinity
  /** The most that the registry ever said to have. */
  keptBytes = 0

  constructor(session: RegistrySession, request: PushBlobRequest) {
    this.#session = session
    this.#request = request
  }

  /** Takes in the answer that began a session. */
  opened(answer: EndpointResponse): void {
    this.#location = nextLocation(answer)
    this.#offset = 0
  }

  /** Asks how far the session got that a failure interrupted; false when there is none to go on with. */
  async findAgain(endpoint: Endpoint): Promise<boolean> {
    if (this.#location === undefined) return false
    const answer = await this.#send(endpoint, { method: 'GET', path: this.#location, headers: {} })
    discard(answer.response)
    const last = lastByte(answer.response.headers.range)
    const isKnown = answer.response.statusCode === 204 && last !== undefined
    if (isKnown && last < this.#request.descriptor.size) {
      this.#location = nextLocation(answer, this.#location)
      this.#moveTo(last + 1)
      return true
    }
    this.#location = undefined
    return false
  }

  /** Sends what is missing and commits the blob. */
  async finish(endpoint: Endpoint): Promise<void> {
    const { size } = this.#request.descriptor
    if (this.#offset > 0 || size > wholeBytesMax) {
      while (this.#offset < size) await this.#sendPiece(endpoint)
    }
    await this.#commit(endpoint, size - this.#offset)
  }

  async #sendPiece(endpoint: Endpoint): Promise<void> {
    const { size } = this.#request.descriptor
    const length = Math.min(size - this.#offset, this.#pieceBytesMax)
    const end = this.#offset + length
    const isWhole = length === size
    const answer = await this.#send(endpoint, {
      method: 'PATCH',
      path: this.#opened,
      headers: {
        'Content-Type': 'application/octet-stream',
        ...(isWhole ? {} : { 'Content-Range': `${this.#offset}-${end - 1}` }),
      },
      body: this.#body(length),
    })
    if (answer.response.statusCode !== 202) throw await this.#refused(answer, length)
    discard(answer.response)
    this.#location = nextLocation(answer, this.#location)
    this.#moveTo(end)
  }

  async #commit(endpoint: Endpoint, length: number): Promise<void> {
    const { descriptor, commitMs } = this.#request
    const url = new URL(this.#opened)
    url.searchParams.set('digest', descriptor.digest)
    const answer = await this.#send(endpoint, {
      method: 'PUT',
      path: url,
      headers: { 'Content-Type': 'application/octet-stream' },
      body: this.#body(length),
      responseMs: commitMs,
    })
    if (answer.response.statusCode !== 201) throw await this.#refused(answer, length)
    discard(answer.response)
  }

  get #opened(): URL {
    if (this.#location === undefined)
      throw new CodedError('internal', `Cannot send ${this.#request.descriptor.digest}: no upload is open`)
    return this.#location
  }

  #moveTo(offset: number): void {
    this.#offset = offset
    this.keptBytes = Math.max(this.keptBytes, offset)
  }

  #body(length: number): RequestBody {
    return { sizeBytes: length, open: () => this.#read(this.#offset, length) }
  }

  async *#read(start: number, length: number): AsyncGenerator<Uint8Array> {
    let left = length
    if (left === 0) return
    for await (const chunk of this.#request.open(start)) {
      const piece = chunk.subarray(0, left)
      left -= piece.length
      yield piece
      this.#request.onProgress(start + length - left)
      if (left === 0) return
    }
  }

  async #send(
    endpoint: Endpoint,
    request: Pick<RegistryRequest, 'method' | 'path' | 'headers' | 'body' | 'responseMs'>,
  ): Promise<EndpointResponse> {
    const { reference, signal, credentials } = this.#request
    return await this.#session.send(endpoint, {
      ...request,
      scopes: pushScopes(reference),
      signal,
      credentials,
    })
  }

  /** A session that is lost or stands elsewhere is found again or begun anew by the next attempt. */
  async #refused({ response }: EndpointResponse, length: number): Promise<EndpointFailure> {
    const failure = await refusal(response, { pushTo: this.#request.reference })
    const status = response.statusCode ?? 0
    const isTooLarge = status === 413 && length > pieceBytes
    if (isTooLarge) this.#pieceBytesMax = pieceBytes
    if (!isTooLarge && status !== 404 && status !== 416) return failure
    return new EndpointFailure(failure.message, {
      kind: 'transient',
      code: failure.code,
      summary: failure.summary,
      cause: failure,
    })
  }
}

/** Where a session goes on. A proxy in front of a registry often hides that it speaks TLS, so the scheme is the one in use. */
function nextLocation({ response, url }: EndpointResponse, current?: URL): URL {
  const { location } = response.headers
  if (location === undefined) return current ?? url
  const next = URL.parse(location, url.href)
  if (next?.host !== url.host) return redirectTarget(location, url)
  next.protocol = url.protocol
  return next
}

/** `Range: 0-<last>` of a session. Registries that have nothing say `0-0`, too. */
function lastByte(range: string | undefined): number | undefined {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1])
  return Number.isSafeInteger(last) && last > 0 ? last : undefined
}
