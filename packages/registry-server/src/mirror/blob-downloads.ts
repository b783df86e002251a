import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestAlgorithm, Digester, type Digest } from '@berth/oci'
import type { Logger } from '@berth/stdx'
import type { BlobStore } from '../blob-store.ts'
import type { Storage, UploadWriter } from '../storage.ts'
import type { Gate } from './gate.ts'
import { GrowingBlob } from './growing-blob.ts'
import { SharedWork } from './shared-work.ts'
import { UpstreamError, type Upstream, type UpstreamBlob } from './upstream.ts'

/** Attempts in a row that bring next to nothing. */
const attemptsMax = 4
const progressBytes = 1024 * 1024
const retryBaseMs = 250

/** What is downloaded, and from where. */
export interface DownloadSource {
  upstream: Upstream
  gate: Gate
  /** Here. */
  repository: string
  /** There. */
  upstreamRepository: string
}

export interface BlobDownloadsOptions {
  /** Where blobs go. */
  storage: Storage
  /** Where they are while they grow: readers see what is written at once. May be the same. */
  staging: Storage
  blobs: BlobStore
  logger: Logger
  /** Called when another blob has come in. */
  onStored: () => void
}

/**
 * Downloads each blob once, however many ask for it, and lets all of them read it while it comes. A download belongs to
 * nobody: it goes on when those who asked for it have left.
 */
export class BlobDownloads {
  readonly #options: BlobDownloadsOptions
  readonly #starting = new SharedWork<GrowingBlob | undefined>()
  readonly #running = new Map<string, GrowingBlob>()
  readonly #ending = new AbortController()
  readonly #pumps = new Set<Promise<void>>()

  constructor(options: BlobDownloadsOptions) {
    this.#options = options
  }

  find(repository: string, digest: Digest): GrowingBlob | undefined {
    return this.#running.get(keyOf(repository, digest))
  }

  /**
   * Joins the download of a blob, or begins it: resolves when upstream has begun to answer, with undefined when the
   * repository has the blob by now. Throws `UpstreamError` when upstream refuses.
   */
  async start(source: DownloadSource, digest: Digest): Promise<GrowingBlob | undefined> {
    const running = this.find(source.repository, digest)
    if (running) return running
    return this.#starting.run(keyOf(source.repository, digest), async () => {
      if (await this.#options.blobs.findBlob(source.repository, digest)) return undefined
      const { promise, resolve, reject } = Promise.withResolvers<GrowingBlob>()
      const pump = source.gate
        .download(() => this.#download(source, digest, resolve))
        .catch(reject)
        .finally(() => this.#pumps.delete(pump))
      this.#pumps.add(pump)
      return promise
    })
  }

  /** Ends what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new UpstreamError('unreachable', 'the mirror is stopping'))
    await Promise.allSettled(this.#pumps)
  }

  async #download(source: DownloadSource, digest: Digest, begun: (blob: GrowingBlob) => void): Promise<void> {
    const { storage, staging } = this.#options
    const first = await this.#open(source, digest, 0)
    const upload = { key: `mirror-${randomUUID()}`, digest, sizeBytes: first.sizeBytes }
    try {
      await staging.createUpload(upload.key)
    } catch (error) {
      first.discard()
      throw error
    }
    const blob = new GrowingBlob({ storage, staging }, upload)
    const key = keyOf(source.repository, digest)
    this.#running.set(key, blob)
    begun(blob)
    try {
      await using writer = await staging.appendUpload(upload.key)
      await this.#receive({ source, blob, writer }, first)
      await this.#store(source.repository, { blob, writer, uploadKey: upload.key })
      blob.finish()
    } catch (error) {
      this.#options.logger.warn('download failed', { repository: source.repository, digest, error })
      blob.fail(error)
      await staging.deleteUpload(upload.key)
    } finally {
      this.#running.delete(key)
    }
    this.#options.onStored()
  }

  /** Brings all bytes into the upload, over lines that break, and checks them. */
  async #receive(
    { source, blob, writer }: { source: DownloadSource; blob: GrowingBlob; writer: UploadWriter },
    first: UpstreamBlob,
  ): Promise<void> {
    const digester = new Digester(digestAlgorithm(blob.digest))
    let part: UpstreamBlob | undefined = first
    for (let attempt = 1; ;) {
      const from = digester.sizeBytes
      try {
        part ??= await this.#open(source, blob.digest, from)
        await receivePart(part, { writer, digester, blob })
        break
      } catch (error) {
        this.#ending.signal.throwIfAborted()
        if (!(error instanceof UpstreamError) || !error.isPassing) throw error
        attempt = digester.sizeBytes - from >= progressBytes ? 1 : attempt + 1
        if (attempt > attemptsMax) throw error
        part = undefined
        await sleep(retryBaseMs * 2 ** (attempt - 1), undefined, { signal: this.#ending.signal })
      }
    }
    const actual = digester.digest()
    if (actual !== blob.digest)
      throw new UpstreamError('failing', `upstream sent other bytes than those of ${blob.digest}`)
  }

  async #store(
    repository: string,
    { blob, writer, uploadKey }: { blob: GrowingBlob; writer: UploadWriter; uploadKey: string },
  ): Promise<void> {
    const { storage, staging, blobs } = this.#options
    await blobs.leaseContent(blob.digest)
    if (staging !== storage) await copyUpload({ from: staging, to: storage }, uploadKey, blob.digest)
    blob.commit()
    await (staging === storage ? writer.commit(blob.digest) : writer.delete())
    await blobs.addBlob(repository, blob.digest, writer.sizeBytes)
  }

  #open({ upstream, upstreamRepository }: DownloadSource, digest: Digest, start: number) {
    return upstream.openBlob(upstreamRepository, digest, { start, signal: this.#ending.signal })
  }
}

/** Makes what an upload of one storage has a blob of another. */
async function copyUpload(
  { from, to }: { from: Storage; to: Storage },
  key: string,
  digest: Digest,
): Promise<void> {
  await to.createUpload(key)
  await using writer = await to.appendUpload(key)
  try {
    for await (const chunk of await from.openUpload(key)) await writer.write(chunk as Uint8Array)
    await writer.commit(digest)
  } catch (error) {
    await writer.delete()
    throw error
  }
}

async function receivePart(
  part: UpstreamBlob,
  { writer, digester, blob }: { writer: UploadWriter; digester: Digester; blob: GrowingBlob },
): Promise<void> {
  const { sizeBytes = Infinity } = blob
  // Who gives all of it again instead of the rest gives what is there already.
  let surplus = digester.sizeBytes - part.start
  for await (const chunk of part.body) {
    const fresh = chunk.subarray(Math.min(surplus, chunk.length))
    surplus -= chunk.length - fresh.length
    if (fresh.length === 0) continue
    if (digester.sizeBytes + fresh.length > sizeBytes)
      throw new UpstreamError('failing', `upstream sent more than the ${sizeBytes} bytes it announced`)
    const isWritten = writer.write(fresh)
    digester.update(fresh)
    await isWritten
    await writer.flush()
    blob.advance(digester.sizeBytes)
  }
  if (sizeBytes !== Infinity && digester.sizeBytes < sizeBytes)
    throw new UpstreamError('failing', `upstream sent ${digester.sizeBytes} of ${sizeBytes} bytes`)
}

function keyOf(repository: string, digest: Digest): string {
  return `${repository}@${digest}`
}
