import { Readable } from 'node:stream'
import { CodedError, messageOf } from '@berth/stdx'
import { digestAlgorithm, digestHex, isDigest, type Digest } from '@berth/oci'
import type { ByteRange, Storage, UploadWriter } from '../storage.ts'
import { S3Bucket } from './s3-bucket.ts'
import { S3Client, type S3Credentials } from './s3-client.ts'
import { deleteUploadObjects, openS3UploadWriter } from './s3-upload-writer.ts'
import { findUploadState, listUploads, markerKey, readUpload, type UploadPart } from './upload-objects.ts'

/** Which bucket, and how it is reached. */
export interface S3StorageOptions {
  bucket: string
  /** What all keys begin with, for example `registry/` (default: nothing). */
  prefix?: string | undefined
  /** Of a store other than Amazon's: `http://host:port`. The bucket is in its paths. */
  endpoint?: URL | undefined
  /** Default us-east-1, which other stores take too. */
  region?: string | undefined
  credentials: S3Credentials
  /** Whether clients read large blobs from the store itself (default: no); it must be reachable for them. */
  isRedirecting?: boolean | undefined
  /** The store has so long to begin an answer (default 10 s; six times that for many bytes). */
  timeoutMs?: number | undefined
}

const regionDefault = 'us-east-1'
const blobPrefix = 'blobs/'

/**
 * Opens a storage in a bucket, which must be there: `blobs/<algorithm>/<2 hex>/<hex>`, `uploads/<key>/…`,
 * `quarantine/<algorithm>-<hex>`. Any number of processes may share it. Throws `unavailable`.
 */
export async function openS3Storage(options: S3StorageOptions): Promise<Storage> {
  const {
    bucket,
    prefix = '',
    region = regionDefault,
    credentials,
    timeoutMs,
    isRedirecting = false,
  } = options
  const url = bucketUrl(options, region)
  const client = new S3Client({ url, region, credentials, timeoutMs })
  const storage = new S3Storage(new S3Bucket(client, { bucket, prefix }), isRedirecting)
  await storage.check().catch((error: unknown) => refuse(url, error))
  return storage
}

/** Whoever starts a program wants to know which store it was, and what that said. */
function refuse(url: URL, error: unknown): never {
  throw new CodedError('unavailable', `Cannot open ${url.href}: ${messageOf(error)}`, {
    cause: error,
    hint: 'The bucket must be there already, and the keys of the environment must let in to it.',
  })
}

function bucketUrl({ endpoint, bucket }: S3StorageOptions, region: string): URL {
  if (!endpoint) return new URL(`https://${bucket}.s3.${region}.amazonaws.com`)
  return new URL(`${endpoint.href.replace(/\/$/, '')}/${bucket}`)
}

class S3Storage implements Storage {
  readonly presignBlob: ((digest: Digest) => Promise<URL>) | undefined
  readonly #bucket: S3Bucket

  constructor(bucket: S3Bucket, isRedirecting: boolean) {
    this.#bucket = bucket
    this.presignBlob = isRedirecting ? (digest) => bucket.presign(blobKey(digest)) : undefined
  }

  /** A wrong name, key or address is told before the first client comes. */
  async check(): Promise<void> {
    await this.#bucket.list('check/').next()
  }

  findBlob(digest: Digest): Promise<{ sizeBytes: number } | undefined> {
    return this.#bucket.find(blobKey(digest))
  }

  async openBlob(digest: Digest, range?: ByteRange): Promise<Readable> {
    // An empty body has no range.
    return this.#bucket.open(blobKey(digest), range && range.end >= range.start ? range : undefined)
  }

  readBlob(digest: Digest): Promise<Uint8Array> {
    return this.#bucket.read(blobKey(digest))
  }

  writeBlob(digest: Digest, bytes: Uint8Array): Promise<void> {
    return this.#bucket.put(blobKey(digest), bytes)
  }

  deleteBlob(digest: Digest): Promise<void> {
    return this.#bucket.delete(blobKey(digest))
  }

  async quarantineBlob(digest: Digest): Promise<void> {
    const found = await this.findBlob(digest)
    if (!found) return
    const name = `quarantine/${digestAlgorithm(digest)}-${digestHex(digest)}`
    await this.#bucket.copy(blobKey(digest), name, found.sizeBytes)
    await this.deleteBlob(digest)
  }

  async *listBlobs(): AsyncGenerator<Digest> {
    for await (const { key } of this.#bucket.list(blobPrefix)) {
      const [, algorithm, , hex] = key.split('/')
      const digest = `${algorithm}:${hex}`
      if (isDigest(digest)) yield digest
    }
  }

  async createUpload(key: string): Promise<void> {
    await this.#bucket.put(markerKey(key), Buffer.alloc(0))
  }

  async findUpload(key: string): Promise<{ sizeBytes: number } | undefined> {
    const state = await findUploadState(this.#bucket, key)
    return state && { sizeBytes: state.sizeBytes }
  }

  async openUpload(key: string, range?: ByteRange): Promise<Readable> {
    const { parts, sizeBytes } = await readUpload(this.#bucket, key)
    const wanted = range ?? { start: 0, end: sizeBytes - 1 }
    return Readable.from(readParts(this.#bucket, parts, wanted), { objectMode: false })
  }

  appendUpload(key: string): Promise<UploadWriter> {
    return openS3UploadWriter({ bucket: this.#bucket, uploadKey: key, blobKey })
  }

  deleteUpload(key: string): Promise<void> {
    return deleteUploadObjects(this.#bucket, key)
  }

  listUploads(): AsyncIterable<{ key: string; modifiedAt: number }> {
    return listUploads(this.#bucket)
  }

  /** A process that ended while it joined parts left them in the store, where no list of objects shows them. */
  async purgeFragments(before: number): Promise<void> {
    for (const join of await this.#bucket.listBrokenJoins(blobPrefix))
      if (join.begunAt < before) await this.#bucket.abortParts(join)
  }
}

async function* readParts(
  bucket: S3Bucket,
  parts: readonly UploadPart[],
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array> {
  for (const { key, offset, sizeBytes } of parts) {
    const range = { start: Math.max(start - offset, 0), end: Math.min(end - offset, sizeBytes - 1) }
    if (range.start <= range.end) yield* await bucket.open(key, range)
  }
}

function blobKey(digest: Digest): string {
  const hex = digestHex(digest)
  return `${blobPrefix}${digestAlgorithm(digest)}/${hex.slice(0, 2)}/${hex}`
}
