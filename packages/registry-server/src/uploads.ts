import { createHash, randomUUID } from 'node:crypto'
import { digestAlgorithm, Digester, type Digest, type DigestAlgorithm } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import type { BlobStore } from './blob-store.ts'
import { RegistryError } from './registry-error.ts'
import type { Storage, UploadWriter } from './storage.ts'

/** Uploads whose running hash is kept; one that falls out is hashed again from its bytes. */
const sessionsMax = 10_000

/** What this process knows of an upload beyond its bytes. */
interface Session {
  algorithm: DigestAlgorithm
  /** The hash of the bytes so far; undefined when it is not known here. */
  digester: Digester | undefined
  isWriting: boolean
}

/** An upload while it is written to. */
interface Writing {
  key: string
  session: Session
  /** Bytes that are there. */
  offset: number
}

/** Bytes to append; `start` is where the client says they begin. */
export interface Chunk {
  body: AsyncIterable<Uint8Array>
  start?: number | undefined
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
   * is not the offset and for a second writer. When the body breaks off, what came stays.
   */
  append(repository: string, id: string, chunk: Chunk): Promise<number> {
    return this.#exclusively(uploadKey(repository, id), (writing) => this.#appendChunk(writing, chunk))
  }

  /**
   * Appends what is left, checks the digest and makes the upload a blob of its repository. Throws DIGEST_INVALID and
   * ends the upload when the bytes are not the digest's. Asked again after it was done, it succeeds again.
   */
  async finish(
    repository: string,
    id: string,
    { digest, ...chunk }: Chunk & { digest: Digest },
  ): Promise<void> {
    try {
      const sizeBytes = await this.#exclusively(uploadKey(repository, id), async (writing) => {
        expectAlgorithm(writing.session, digestAlgorithm(digest))
        await this.#appendChunk(writing, chunk)
        return this.#commit(writing, digest)
      })
      await this.#blobs.addBlob(repository, digest, sizeBytes)
    } catch (error) {
      const isUnknown = error instanceof RegistryError && error.kind === 'BLOB_UPLOAD_UNKNOWN'
      if (!isUnknown || !(await this.#blobs.findBlob(repository, digest))) throw error
    }
  }

  /** Ends an upload and drops its bytes; throws BLOB_UPLOAD_UNKNOWN. */
  async cancel(repository: string, id: string): Promise<void> {
    const key = uploadKey(repository, id)
    await this.#getOffset(key)
    await this.#drop(key)
  }

  async #drop(key: string): Promise<void> {
    this.#sessions.delete(key)
    await this.#storage.deleteUpload(key)
  }

  async #getOffset(key: string): Promise<number> {
    const upload = await this.#storage.findUpload(key)
    if (!upload) throw new RegistryError('BLOB_UPLOAD_UNKNOWN')
    return upload.sizeBytes
  }

  async #appendChunk(writing: Writing, { body, start }: Chunk): Promise<number> {
    const { offset } = writing
    if (start !== undefined && start !== offset)
      throw new RegistryError('CHUNK_OUT_OF_ORDER', { detail: { offset } })
    const digester = runningDigester(writing)
    await using writer = await this.#openWriter(writing)
    for await (const bytes of body) {
      const isWritten = writer.write(bytes)
      digester?.update(bytes)
      await isWritten
      writing.offset += bytes.length
    }
    return writing.offset
  }

  /** Another process on the same storage may be writing, or have written since the offset was asked for. */
  async #openWriter({ key, offset }: Writing): Promise<UploadWriter> {
    const busy = () => new RegistryError('CHUNK_OUT_OF_ORDER', { detail: { offset } })
    const writer = await this.#storage.appendUpload(key).catch((error: unknown) => {
      throw isCoded(error, 'conflict') ? busy() : error
    })
    if ((await this.#getOffset(key)) === offset) return writer
    await writer[Symbol.asyncDispose]()
    throw busy()
  }

  /** Returns the size of the new blob. */
  async #commit(writing: Writing, digest: Digest): Promise<number> {
    const { key, session, offset } = writing
    const digester = await this.#digesterOf(writing)
    // A hash ends with its digest; should the commit fail, the next try hashes the bytes again.
    session.digester = undefined
    if (digester.digest() !== digest) {
      await this.#drop(key)
      throw new RegistryError('DIGEST_INVALID', { detail: { digest } })
    }
    await this.#blobs.leaseContent(digest)
    await this.#storage.commitUpload(key, digest)
    this.#sessions.delete(key)
    return offset
  }

  /** The hash of all bytes: the running one if there is one, else made anew. */
  async #digesterOf(writing: Writing): Promise<Digester> {
    const running = runningDigester(writing)
    if (running) return running
    const { key, session } = writing
    const digester = new Digester(session.algorithm)
    for await (const bytes of await this.#storage.openUpload(key)) digester.update(bytes as Uint8Array)
    session.digester = digester
    return digester
  }

  /** One writer at a time; a second is refused, not queued: it would append to what it has not seen. */
  async #exclusively<T>(key: string, action: (writing: Writing) => Promise<T>): Promise<T> {
    const offset = await this.#getOffset(key)
    const session = this.#sessionOf(key)
    if (session.isWriting) throw new RegistryError('CHUNK_OUT_OF_ORDER', { detail: { offset } })
    session.isWriting = true
    try {
      return await action({ key, session, offset })
    } finally {
      session.isWriting = false
    }
  }

  #sessionOf(key: string): Session {
    const known = this.#sessions.get(key)
    if (known) return known
    const session: Session = { algorithm: 'sha256', digester: undefined, isWriting: false }
    this.#sessions.set(key, session)
    this.#forgetOldest()
    return session
  }

  #forgetOldest(): void {
    if (this.#sessions.size <= sessionsMax) return
    for (const [key, session] of this.#sessions) {
      if (session.isWriting) continue
      this.#sessions.delete(key)
      return
    }
  }
}

/**
 * The hash of just the bytes that are there, if this process has seen them all. Where other processes had their share in
 * an upload, all of it is hashed once at its end rather than anew with each part.
 */
function runningDigester({ session, offset }: Writing): Digester | undefined {
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
