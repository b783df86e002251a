import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError, messageOf } from '@berth/stdx'
import { AwsClient } from 'aws4fetch'
import { parseErrorCode } from './s3-xml.ts'

/** The store has so long to begin its answer. */
const timeoutMsDefault = 10_000
/** The same where it takes or copies many bytes at once. */
const largeTimeoutFactor = 6
/** A request that failed for the moment is sent so often in all. */
const attemptsMax = 3
const retryBaseMs = 100

export interface S3Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string | undefined
}

export interface S3ClientOptions {
  /** Where the bucket is: `https://bucket.s3.region.amazonaws.com`, or `http://host:port/bucket` of another store. */
  url: URL
  region: string
  credentials: S3Credentials
  /** Default 10 s; six times that where many bytes are sent or copied. */
  timeoutMs?: number | undefined
}

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Empty for the bucket itself. */
  key: string
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array
  /** Sends or copies many bytes. */
  isLarge?: boolean
}

export interface S3Answer {
  headers: Headers
  bytes: Buffer
}

/** Sends signed requests. An object store that is slow, failing, gone or that refuses is `unavailable`, whatever it says. */
export class S3Client {
  readonly #options: S3ClientOptions
  readonly #signer: AwsClient

  constructor(options: S3ClientOptions) {
    this.#options = options
    const { region, credentials } = options
    const { sessionToken, ...keys } = credentials
    const session = sessionToken === undefined ? {} : { sessionToken }
    this.#signer = new AwsClient({ ...keys, ...session, service: 's3', region })
  }

  /** The answer, which is a success, or undefined when there is no such key. */
  send(request: S3Request): Promise<S3Answer | undefined> {
    return this.#persist(request, async (response) => ({
      headers: response.headers,
      bytes: Buffer.from(await response.arrayBuffer()),
    }))
  }

  /** As `send`, for a body that is read while it comes. */
  open(request: S3Request): Promise<Readable | undefined> {
    return this.#persist(request, async ({ body }) => Readable.from(body ?? [], { objectMode: false }))
  }

  /** An address that anybody may GET the object from, for so long. */
  async presign(key: string, expiresSeconds: number): Promise<URL> {
    const url = this.#urlOf({ key, query: { 'X-Amz-Expires': String(expiresSeconds) } })
    const { url: signed } = await this.#signer.sign(url, { method: 'GET', aws: { signQuery: true } })
    return new URL(signed)
  }

  async #persist<T>(request: S3Request, read: ReadAnswer<T>): Promise<T | undefined> {
    for (let attempt = 1; ; attempt++) {
      const result = await this.#attempt(request, read)
      if (!(result instanceof PassingFailure)) return result
      if (attempt === attemptsMax) throw unavailable(request, result.state, result.cause)
      await sleep(retryBaseMs * 4 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }

  async #attempt<T>(request: S3Request, read: ReadAnswer<T>): Promise<T | undefined | PassingFailure> {
    const { timeoutMs = timeoutMsDefault } = this.#options
    const timeout = new AbortController()
    const limitMs = request.isLarge ? timeoutMs * largeTimeoutFactor : timeoutMs
    const timer = setTimeout(() => timeout.abort(), limitMs)
    try {
      const response = await fetch(await this.#sign(request), { signal: timeout.signal })
      return response.ok ? await read(response) : await refusal(request, response)
    } catch (error) {
      if (error instanceof CodedError) throw error
      // What is slow is not helped by more of the same.
      if (timeout.signal.aborted) throw unavailable(request, `did not answer in ${limitMs} ms`, error)
      return new PassingFailure(`cannot be reached: ${messageOf(causeOf(error))}`, error)
    } finally {
      clearTimeout(timer)
    }
  }

  #sign(request: S3Request): Promise<Request> {
    const { method, headers = {}, body } = request
    const content = body && { body: body as Uint8Array<ArrayBuffer> }
    return this.#signer.sign(this.#urlOf(request), { method, headers, redirect: 'manual', ...content })
  }

  #urlOf({ key, query = {} }: Pick<S3Request, 'key' | 'query'>): URL {
    const url = new URL(`${this.#options.url.href.replace(/\/$/, '')}/${key}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return url
  }
}

type ReadAnswer<T> = (response: Response) => Promise<T>

/** Undefined is a key that is not there; a bucket that is not there tells nothing of its keys. */
async function refusal(request: S3Request, response: Response): Promise<undefined | PassingFailure> {
  const { status } = response
  const code = parseErrorCode(await response.text())
  if (status === 404 && code !== 'NoSuchBucket') return undefined
  const state = `answered ${status} ${code}`.trimEnd()
  if (status >= 500 || status === 429) return new PassingFailure(state, undefined)
  throw unavailable(request, state, undefined)
}

/** What another attempt may mend. */
class PassingFailure {
  readonly state: string
  readonly cause: unknown

  constructor(state: string, cause: unknown) {
    this.state = state
    this.cause = cause
  }
}

/** `fetch` says "fetch failed" and has the reason within. */
function causeOf(error: unknown): unknown {
  return (error instanceof Error && error.cause) || error
}

function unavailable({ method, key }: S3Request, state: string, cause: unknown): CodedError {
  return new CodedError('unavailable', `Cannot ${method} ${key || 'the bucket'}: the object store ${state}`, {
    cause,
  })
}
