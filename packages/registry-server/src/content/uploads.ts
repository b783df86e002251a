import { createHash, randomUUID } from 'node:crypto'
import { digestAlgorithm, Digester, type Digest, type DigestAlgorithm } from '@berth/oci'
import { isCoded, noSpaceError } from '@berth/stdx'
import type { BlobStore } from '../metadata/blob-store.ts'
import { expectRoom, type Quota } from '../metadata/quota.ts'
import { RegistryError, type RegistryErrorKind } from '../registry-error.ts'
import type { Storage, UploadWriter } from '../storage/storage.ts'

/** Uploads whose running hash is kept; one that falls out is hashed again from its bytes. */
const sessionsMax = 10_000

/** What this process knows of an upload beyond its bytes. */
interface Session {
  algorithm: DigestAlgorithm
  /** The hash of the bytes so far; undefined when it is not known here. */
  digester: Digester | undefined
}

/** An upload while it is written to. */
interface Writing {
  key: string
  session: Session
  writer: UploadWriter
  quota: Quota
}

/** Bytes to append; `start` is where the client says they begin, `sizeBytes` how many it says they are. */
export interface Chunk {
  body: AsyncIterable<Uint8Array>
  start?: number | undefined
  sizeBytes?: number | undefined
}

/**
 * Blobs on their way in. The bytes so far are all the state that matters, so an upload can be gone on with after a
 * restart, or in another process on the same storage. An upload is known only under the repository it was begun in.
 */
export class Uploads {
  readonly #storage: Storage
  readonly #blobs: BlobStore
  readonly #sessions = new Map<string, Session>()

  constructor(storage: Storage, blobs: BlobStore) {
    this.#storage = storage
    this.#blobs = blobs
  }

  /** Begins an upload and returns its id. `algorithm` is a hint that saves hashing twice. */
  async begin(repository: string, algorithm: DigestAlgorithm = 'sha256'): Promise<string> {
    const id = randomUUID()
    const key = uploadKey(repository, id)
    await this.#storage.createUpload(key)
    this.#sessionOf(key).algorithm = algorithm
    return id
  }

  /** Bytes that an upload has; throws BLOB_UPLOAD_UNKNOWN. */
  getOffset(repository: string, id: string): Promise<number> {
    return this.#getOffset(uploadKey(repository, id))
  }

  /**
   * Appends a chunk and returns the new offset. Throws CHUNK_OUT_OF_ORDER, with the upload as it was, for a start that
   * is not the offset and for a second writer. When the body breaks off, what came stays. Throws QUOTA_EXCEEDED and ends
   * the upload when it is more than its repository may hold.
   */
  async append(repository: string, id: string, chunk: Chunk): Promise<number> {
    const quota = await this.#blobs.findQuota(repository)
    return this.#exclusively(uploadKey(repository, id), quota, (writing) => this.#appendChunk(writing, chunk))
  }

  /**
   * Appends what is left, checks the digest and makes the upload a blob of its repository. Throws DIGEST_INVALID and
   * ends the upload when the bytes are not the digest's, QUOTA_EXCEEDED in the same way. Asked again because nobody has heard its answer it succeeds: what
   * it had done is there.
   */
  async finish(
    repository: string,
    id: string,
    { digest, ...chunk }: Chunk & { digest: Digest },
  ): Promise<void> {
    try {
      const quota = await this.#blobs.findQuota(repository, digest)
      await this.#exclusively(uploadKey(repository, id), quota, async (writing) => {
        const { session, writer } = writing
        expectAlgorithm(session, digestAlgorithm(digest))
        if (!(await this.#isSentAgain(writing, chunk, digest))) await this.#appendChunk(writing, chunk)
        // Others may have come meanwhile: what does not fit beside them is not kept. `addBlob` has the last word.
        expectRoom(await this.#blobs.findQuota(repository, digest), writer.sizeBytes)
        await this.#commit(writing, digest)
        await this.#blobs.addBlob(repository, digest, writer.sizeBytes)
        await writer.delete()
      })
    } catch (error) {
      if (!isKind(error, 'BLOB_UPLOAD_UNKNOWN') || !(await this.#blobs.findBlob(repository, digest)))
        throw error
    }
  }

  /** Ends an upload and drops its bytes; throws BLOB_UPLOAD_UNKNOWN. */
  async cancel(repository: string, id: string): Promise<void> {
    const key = uploadKey(repository, id)
    await this.#getOffset(key)
    await this.#drop(key)
  }

  async #getOffset(key: string): Promise<number> {
    const upload = await this.#storage.findUpload(key)
    if (!upload) throw new RegistryError('BLOB_UPLOAD_UNKNOWN')
    return upload.sizeBytes
  }

  async #appendChunk(writing: Writing, { body, start, sizeBytes = 0 }: Chunk): Promise<number> {
    const { writer, quota } = writing
    if (start !== undefined && start !== writer.sizeBytes) throw outOfOrder(writer.sizeBytes)
    expectRoom(quota, writer.sizeBytes + sizeBytes)
    const digester = runningDigester(writing)
    try {
      for await (const bytes of body) {
        expectRoom(quota, writer.sizeBytes + bytes.length)
        digester?.update(bytes)
        await writer.write(bytes)
      }
    } catch (error) {
      return asUnknown(error)
    }
    return writer.sizeBytes
  }

  /** Whether a last chunk is one whose bytes the upload has, which is then whole. */
  async #isSentAgain(writing: Writing, { start, sizeBytes }: Chunk, digest: Digest): Promise<boolean> {
    const offset = writing.writer.sizeBytes
    if (offset === 0 || start === offset || sizeBytes === 0 || (sizeBytes ?? 0) > offset) return false
    return (await this.#digesterOf(writing)).digestSoFar() === digest
  }

  async #commit(writing: Writing, digest: Digest): Promise<void> {
    const { key, session, writer } = writing
    const digester = await this.#digesterOf(writing)
    // A hash ends with its digest; should the commit fail, the next try hashes the bytes again.
    session.digester = undefined
    if (digester.digest() !== digest) {
      this.#sessions.delete(key)
      await writer.delete()
      throw new RegistryError('DIGEST_INVALID', { detail: { digest } })
    }
    await this.#blobs.leaseContent(digest)
    await writer.commit(digest).catch(asUnknown)
    this.#sessions.delete(key)
  }

  /** The hash of all bytes: the running one if there is one, else made anew. */
  async #digesterOf(writing: Writing): Promise<Digester> {
    const running = runningDigester(writing)
    if (running) return running
    const { key, session, writer } = writing
    await writer.flush()
    const digester = new Digester(session.algorithm)
    for await (const bytes of await this.#storage.openUpload(key)) digester.update(bytes as Uint8Array)
    session.digester = digester
    return digester
  }

  /** One writer at a time, until what it wrote is a blob; a second is refused, not queued: it has not seen what is there. */
  async #exclusively<T>(key: string, quota: Quota, action: (writing: Writing) => Promise<T>): Promise<T> {
    const writer = await this.#openWriter(key)
    const session = this.#sessionOf(key)
    try {
      await using _ = writer
      return await action({ key, session, writer, quota })
    } catch (error) {
      // What was hashed may not be what is there.
      session.digester = undefined
      if (isKind(error, 'QUOTA_EXCEEDED') || noSpaceError(error, 'store')) await this.#drop(key)
      throw error
    }
  }

  /** What does not fit takes no place until somebody remembers it: clients begin anew, and others would find the disk full. */
  async #drop(key: string): Promise<void> {
    this.#sessions.delete(key)
    await this.#storage.deleteUpload(key)
  }

  async #openWriter(key: string): Promise<UploadWriter> {
    try {
      return await this.#storage.appendUpload(key)
    } catch (error) {
      if (isCoded(error, 'conflict')) throw outOfOrder(await this.#getOffset(key))
      return asUnknown(error)
    }
  }

  #sessionOf(key: string): Session {
    const session = this.#sessions.get(key) ?? { algorithm: 'sha256', digester: undefined }
    // A Map keeps the order of insertion: the first was used longest ago.
    this.#sessions.delete(key)
    this.#sessions.set(key, session)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > sessionsMax && oldest !== undefined) this.#sessions.delete(oldest)
    return session
  }
}

/**
 * The hash of just the bytes that are there, if this process has seen them all. Where other processes had their share in
 * an upload, all of it is hashed once at its end rather than anew with each part.
 */
function runningDigester({ session, writer }: Writing): Digester | undefined {
  const offset = writer.sizeBytes
  if (offset === 0) session.digester = new Digester(session.algorithm)
  if (session.digester?.sizeBytes !== offset) session.digester = undefined
  return session.digester
}

/** Binds an upload to its repository without a table: asked for through another, it is simply not there. */
function uploadKey(repository: string, id: string): string {
  const scope = createHash('sha256').update(repository).digest('hex').slice(0, 16)
  return `${scope}.${/^[0-9a-f-]{36}$/.test(id) ? id : 'unknown'}`
}

function expectAlgorithm(session: Session, algorithm: DigestAlgorithm): void {
  if (session.algorithm === algorithm) return
  session.algorithm = algorithm
  session.digester = undefined
}

function isKind(error: unknown, kind: RegistryErrorKind): boolean {
  return error instanceof RegistryError && error.kind === kind
}

function outOfOrder(offset: number): RegistryError {
  return new RegistryError('CHUNK_OUT_OF_ORDER', { detail: { offset } })
}

function asUnknown(error: unknown): never {
  throw isCoded(error, 'not-found') ? new RegistryError('BLOB_UPLOAD_UNKNOWN', { cause: error }) : error
}
