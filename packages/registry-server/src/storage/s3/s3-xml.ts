import { createHash } from 'node:crypto'
import { CodedError } from '@berth/stdx'

/** One object of a listing. */
export interface S3Object {
  key: string
  sizeBytes: number
  /** Milliseconds since the epoch. */
  modifiedAt: number
}

export interface S3Listing {
  objects: S3Object[]
  /** Where the next page begins, if there is one. */
  next: string | undefined
}

/**
 * Amazon S3 API, ListObjectsV2. Answers are flat lists of elements without attributes, which needs no parser. Throws
 * `unavailable` for another answer, such as the page of a proxy: nobody may believe that nothing is there.
 */
export function parseListing(xml: string): S3Listing {
  expectRoot(xml, 'ListBucketResult')
  const objects = elements(xml, 'Contents').map((entry) => ({
    key: textOf(entry, 'Key') ?? '',
    sizeBytes: Number(textOf(entry, 'Size')),
    modifiedAt: Date.parse(textOf(entry, 'LastModified') ?? ''),
  }))
  return { objects, next: textOf(xml, 'NextContinuationToken') }
}

/** An upload in parts that was begun and is neither complete nor aborted. */
export interface S3PartsUpload {
  key: string
  uploadId: string
  /** Milliseconds since the epoch. */
  begunAt: number
}

/** ListMultipartUploads; throws as `parseListing`. */
export function parsePartsUploads(xml: string): S3PartsUpload[] {
  expectRoot(xml, 'ListMultipartUploadsResult')
  return elements(xml, 'Upload').map((entry) => ({
    key: textOf(entry, 'Key') ?? '',
    uploadId: textOf(entry, 'UploadId') ?? '',
    begunAt: Date.parse(textOf(entry, 'Initiated') ?? ''),
  }))
}

/** CompleteMultipartUpload. */
export function formatCompletion(tags: readonly string[]): Uint8Array {
  const parts = tags.map(
    (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escape(tag)}</ETag></Part>`,
  )
  return Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
}

/** DeleteObjects, which wants a checksum of its body. */
export function formatDeletion(keys: readonly string[]): {
  body: Uint8Array
  headers: Record<string, string>
} {
  const objects = keys.map((key) => `<Object><Key>${escape(key)}</Key></Object>`)
  const body = Buffer.from(`<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`)
  return { body, headers: { 'Content-MD5': createHash('md5').update(body).digest('base64') } }
}

/** The code of an error, which may also come with status 200: `NoSuchKey`. Empty when it has none. */
export function parseErrorCode(xml: string): string {
  const [error] = elements(xml, 'Error')
  return (error && textOf(error, 'Code')) ?? ''
}

function expectRoot(xml: string, name: string): void {
  if (new RegExp(`<${name}[\\s>]`).test(xml)) return
  throw new CodedError('unavailable', `Cannot list objects: the object store answered no ${name}`)
}

/** The text of the first element of that name. */
export function textOf(xml: string, name: string): string | undefined {
  const [text] = elements(xml, name)
  return text?.replace(/&(#\d+|#x[\da-f]+|\w+);/gi, (_, entity: string) => unescape(entity))
}

function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^]*?)</${name}>`, 'g'))].map(
    ([, content = '']) => content,
  )
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescape(entity: string): string {
  if (!entity.startsWith('#')) return entities[entity] ?? ''
  const isHex = /^#x/i.test(entity)
  return String.fromCodePoint(Number.parseInt(entity.slice(isHex ? 2 : 1), isHex ? 16 : 10))
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
