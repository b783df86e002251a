import type { Readable } from 'node:stream'
import { CodedError } from '@berth/stdx'
import type { ByteRange } from '../storage.ts'
import type { S3Answer, S3Client, S3Request } from './s3-client.ts'
import {
  formatCompletion,
  formatDeletion,
  parseErrorCode,
  parseListing,
  parsePartsUploads,
  textOf,
  type S3Object,
  type S3PartsUpload,
} from './s3-xml.ts'

/** Keys in one request to delete: a limit of S3. */
const deletionsMax = 1000
/** Parts copied at a time. */
const copiesMax = 8
/** More than this is copied in parts: one request may copy 5 GiB, but takes long for it. */
const copyBytesMax = 1024 ** 3
/** How long a presigned address works: a client follows it at once, and again for a range while it downloads. */
const presignedSeconds = 15 * 60

/** An object, or the inclusive range of it. */
interface CopySource {
  key: string
  range?: ByteRange
}

/** Objects by key, in one bucket and below one prefix. */
export class S3Bucket {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string

  constructor(client: S3Client, { bucket, prefix }: { bucket: string; prefix: string }) {
    this.#client = client
    this.#bucket = bucket
    this.#prefix = prefix
  }

  async find(key: string): Promise<{ sizeBytes: number } | undefined> {
    const answer = await this.#send('HEAD', key)
    return answer && { sizeBytes: Number(answer.headers.get('content-length')) }
  }

  /** The bytes of an object, or of its inclusive range. Throws `not-found`. */
  async open(key: string, range?: ByteRange): Promise<Readable> {
    const headers = range ? { Range: `bytes=${range.start}-${range.end}` } : {}
    const body = await this.#client.open({ method: 'GET', key: this.#prefix + key, headers })
    return expectFound(body, key)
  }

  /** All of a small object. Throws `not-found`. */
  async read(key: string): Promise<Uint8Array> {
    return expectFound(await this.#send('GET', key), key).bytes
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#send('PUT', key, { body: bytes, isLarge: true })
  }

  /** Throws `not-found`. */
  async copy(source: string, target: string, sizeBytes: number): Promise<void> {
    if (sizeBytes <= copyBytesMax) return void (await this.#copy({ key: source }, target, {}))
    const ranges = Array.from({ length: Math.ceil(sizeBytes / copyBytesMax) }, (_, index) => ({
      start: index * copyBytesMax,
      end: Math.min((index + 1) * copyBytesMax, sizeBytes) - 1,
    }))
    await this.join(
      ranges.map((range) => ({ key: source, range })),
      target,
    )
  }

  /** Makes one object of several, of which all but the last have at least 5 MiB. Throws `not-found`. */
  async join(sources: readonly CopySource[], target: string): Promise<void> {
    const begun = expectFound(await this.#send('POST', target, { query: { uploads: '' } }), target)
    const uploadId = textOf(String(begun.bytes), 'UploadId') ?? ''
    try {
      const tags = await this.#copyParts(sources, { target, uploadId })
      const body = formatCompletion(tags)
      const answer = await this.#send('POST', target, { query: { uploadId }, body, isLarge: true })
      // Sent again after its answer was lost, it finds the upload gone and the object there.
      if (answer) expectNoError(answer, target)
      else if (!(await this.find(target))) throw notFound(target)
    } catch (error) {
      await this.abortParts({ key: target, uploadId }).catch(() => {})
      throw error
    }
  }

  /** Not there is success. */
  async delete(key: string): Promise<void> {
    await this.#send('DELETE', key)
  }

  /** As `delete`, for many. */
  async deleteAll(keys: readonly string[]): Promise<void> {
    for (let index = 0; index < keys.length; index += deletionsMax) {
      const deletion = formatDeletion(
        keys.slice(index, index + deletionsMax).map((key) => this.#prefix + key),
      )
      const request = { method: 'POST', key: '', query: { delete: '' }, ...deletion } as const
      expectNoError(expectFound(await this.#client.send(request), 'the bucket'), 'the bucket')
    }
  }

  /** Every object whose key begins so, by key; with each page the store's clock, in milliseconds since the epoch. */
  async *listPages(start: string): AsyncGenerator<{ objects: S3Object[]; now: number }> {
    let token: string | undefined
    do {
      const more: Record<string, string> = token === undefined ? {} : { 'continuation-token': token }
      const query = { 'list-type': '2', prefix: this.#prefix + start, ...more }
      const answer = expectFound(await this.#client.send({ method: 'GET', key: '', query }), 'the bucket')
      const { objects, next } = parseListing(String(answer.bytes))
      yield { objects: objects.map(this.#relative), now: Date.parse(answer.headers.get('date') ?? '') }
      token = next
    } while (token !== undefined)
  }

  async *list(start: string): AsyncGenerator<S3Object> {
    for await (const { objects } of this.listPages(start)) yield* objects
  }

  /** Joins that were broken off; the first thousand of them. */
  async listBrokenJoins(start: string): Promise<S3PartsUpload[]> {
    const query = { uploads: '', prefix: this.#prefix + start }
    const answer = expectFound(await this.#client.send({ method: 'GET', key: '', query }), 'the bucket')
    return parsePartsUploads(String(answer.bytes)).map(this.#relative)
  }

  /** Frees what `join` left; not there is success. */
  async abortParts({ key, uploadId }: Pick<S3PartsUpload, 'key' | 'uploadId'>): Promise<void> {
    await this.#send('DELETE', key, { query: { uploadId } })
  }

  /** An address from which anybody may read the object for a quarter of an hour. */
  presign(key: string): Promise<URL> {
    return this.#client.presign(this.#prefix + key, presignedSeconds)
  }

  async #copyParts(
    sources: readonly CopySource[],
    { target, uploadId }: { target: string; uploadId: string },
  ): Promise<string[]> {
    const tags: string[] = []
    for (let index = 0; index < sources.length; index += copiesMax) {
      const copies = sources.slice(index, index + copiesMax).map((source, offset) => {
        const query = { partNumber: String(index + offset + 1), uploadId }
        return this.#copy(source, target, query)
      })
      // None may go on when the rest is given up.
      await Promise.allSettled(copies)
      for (const copy of copies) tags.push(textOf(await copy, 'ETag') ?? '')
    }
    return tags
  }

  async #copy({ key, range }: CopySource, target: string, query: Record<string, string>): Promise<string> {
    const headers = {
      'x-amz-copy-source': `/${this.#bucket}/${this.#prefix}${key}`,
      ...(range && { 'x-amz-copy-source-range': `bytes=${range.start}-${range.end}` }),
    }
    const answer = await this.#send('PUT', target, { query, headers, isLarge: true })
    return expectNoError(expectFound(answer, key), target)
  }

  #send(method: S3Request['method'], key: string, more: Omit<S3Request, 'method' | 'key'> = {}) {
    return this.#client.send({ method, key: this.#prefix + key, ...more })
  }

  readonly #relative = <T extends { key: string }>(named: T): T => ({
    ...named,
    key: named.key.slice(this.#prefix.length),
  })
}

/** Some requests are answered before they are done, and say only in their body that they failed. */
function expectNoError({ bytes }: S3Answer, key: string): string {
  const xml = String(bytes)
  const code = parseErrorCode(xml)
  if (code === '') return xml
  throw new CodedError('unavailable', `Cannot write ${key}: the object store answered ${code}`)
}

function expectFound<T>(answer: T | undefined, key: string): T {
  if (answer !== undefined) return answer
  throw notFound(key)
}

function notFound(key: string): CodedError {
  return new CodedError('not-found', `Cannot open ${key}: not found`)
}
