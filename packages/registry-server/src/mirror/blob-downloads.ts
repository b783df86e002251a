import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestAlgorithm, Digester, type Digest } from '@berth/oci'
import type { Logger } from '@berth/stdx'
import type { BlobStore } from '../metadata/blob-store.ts'
import type { Storage, UploadWriter } from '../storage/storage.ts'
import { DownloadClaims, type DownloadClaim, type DownloadNote } from './download-claims.ts'
import type { Gate } from './gate.ts'
import { GrowingBlob } from './growing-blob.ts'
import { receiveBlob } from './receive-blob.ts'
import { SharedWork } from './shared-work.ts'
import { UpstreamError, type Upstream, type UpstreamBlob } from './upstream.ts'

/** How often another process's download is looked at. */
const lookMs = 20
/** One that stands still for so long may have been left by its process. */
const patienceMs = 100

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

/** One blob on its way, for the clients of this process. */
interface Download {
  source: DownloadSource
  digest: Digest
  /** There once it is known that upstream sends it. */
  blob: GrowingBlob | undefined
  /** To be called with `blob`, or with undefined when the repository has the blob by now. */
  begun: (blob: GrowingBlob | undefined) => void
}

/**
 * Downloads each blob once, however many clients of however many processes on one staging ask for it, and lets all of
 * them read it while it comes. A download belongs to nobody: it goes on when those who asked for it have left, and
 * another process goes on with it where the one that began it has ended.
 */
export class BlobDownloads {
  readonly #options: BlobDownloadsOptions
  readonly #claims: DownloadClaims
  readonly #starting = new SharedWork<GrowingBlob | undefined>()
  readonly #running = new Map<string, GrowingBlob>()
  readonly #ending = new AbortController()
  readonly #pumps = new Set<Promise<void>>()

  constructor(options: BlobDownloadsOptions) {
    this.#options = options
    this.#claims = new DownloadClaims(options.staging)
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
    return this.#starting.run(keyOf(source.repository, digest), () => {
      const { promise, resolve, reject } = Promise.withResolvers<GrowingBlob | undefined>()
      const pump = this.#bring({ source, digest, blob: undefined, begun: resolve })
        .catch(reject)
        .finally(() => this.#pumps.delete(pump))
      this.#pumps.add(pump)
      return promise
    })
  }

  /** Ends what is under way; other processes may go on with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new UpstreamError('unreachable', 'the mirror is stopping'))
    await Promise.allSettled(this.#pumps)
  }

  /** Throws only before it has begun; later it is the readers that are told. */
  async #bring(download: Download): Promise<void> {
    const { source, digest } = download
    try {
      while (!(await this.#isStored(download))) {
        await using claim = await this.#claims.claim(source.repository, digest)
        if (claim) await source.gate.download(() => this.#lead(download, claim))
        else await this.#follow(download)
      }
      download.blob?.finish()
      download.begun(undefined)
    } catch (error) {
      if (!download.blob) throw error
      this.#options.logger.warn('download failed', { repository: source.repository, digest, error })
      download.blob.fail(error)
    } finally {
      this.#running.delete(keyOf(source.repository, digest))
    }
  }

  async #isStored({ source, digest }: Download): Promise<boolean> {
    return (await this.#options.blobs.findBlob(source.repository, digest)) !== undefined
  }

  #begin(download: Download, { uploadKey, sizeBytes }: DownloadNote): GrowingBlob {
    const { source, digest } = download
    download.blob = new GrowingBlob(this.#options, { key: uploadKey, digest, sizeBytes })
    this.#running.set(keyOf(source.repository, digest), download.blob)
    download.begun(download.blob)
    return download.blob
  }

  /** Reads on what another process writes, until that stands still. */
  async #follow(download: Download): Promise<void> {
    let sizeBytes = 0
    for (let stillMs = 0; stillMs < patienceMs; stillMs += lookMs) {
      await sleep(lookMs, undefined, { signal: this.#ending.signal })
      const blob = download.blob ?? (await this.#beginFollowed(download))
      const upload = blob && (await this.#options.staging.findUpload(blob.uploadKey))
      if (blob && !upload) return
      if (!blob || !upload || upload.sizeBytes <= sizeBytes) continue
      sizeBytes = upload.sizeBytes
      blob.advance(sizeBytes)
      stillMs = 0
    }
  }

  async #beginFollowed(download: Download): Promise<GrowingBlob | undefined> {
    const note = await this.#claims.read(download.source.repository, download.digest)
    return note && this.#begin(download, note)
  }

  /** Downloads, or goes on with what a process has left that had the claim before. */
  async #lead(download: Download, claim: DownloadClaim): Promise<void> {
    if (await this.#isStored(download)) return claim.end()
    try {
      const isGoneOn = claim.left !== undefined && (await this.#goOn(download, claim.left))
      if (!isGoneOn) await this.#startAnew(download, claim)
    } catch (error) {
      // What is here by now is for who asks next, here or in another process.
      if (this.#ending.signal.aborted) throw error
      if (download.blob) await this.#options.staging.deleteUpload(download.blob.uploadKey)
      await claim.end()
      throw error
    }
    await claim.end()
    this.#options.onStored()
  }

  /** False where it must be begun anew: there is nothing, or nobody knows how much is missing. */
  async #goOn(download: Download, left: DownloadNote): Promise<boolean> {
    const { storage, staging, blobs } = this.#options
    const { source, digest } = download
    if (download.blob && download.blob.uploadKey !== left.uploadKey) return false
    if (left.sizeBytes !== undefined && (await staging.findUpload(left.uploadKey))) {
      await this.#receiveRest(download, left)
      return true
    }
    await blobs.leaseContent(digest)
    const stored = await storage.findBlob(digest)
    if (stored) await blobs.addBlob(source.repository, digest, stored.sizeBytes)
    return stored !== undefined
  }

  async #startAnew(download: Download, claim: DownloadClaim): Promise<void> {
    const { source, digest } = download
    // Readers here have had bytes of an attempt that is gone, and no other may be put behind them.
    if (download.blob) throw new UpstreamError('failing', 'another process could not download it')
    const { staging } = this.#options
    const first = await this.#open(source, digest, 0)
    const note = { uploadKey: `mirror-${randomUUID()}`, sizeBytes: first.sizeBytes }
    try {
      await staging.createUpload(note.uploadKey)
      await claim.announce(note)
    } catch (error) {
      first.discard()
      throw error
    }
    const blob = this.#begin(download, note)
    await using writer = await staging.appendUpload(note.uploadKey)
    await this.#receive(download, { blob, writer, first, digester: new Digester(digestAlgorithm(digest)) })
  }

  async #receiveRest(download: Download, left: DownloadNote): Promise<void> {
    const { staging } = this.#options
    await using writer = await staging.appendUpload(left.uploadKey)
    const blob = download.blob ?? this.#begin(download, left)
    const digester = new Digester(digestAlgorithm(download.digest))
    for await (const chunk of await staging.openUpload(left.uploadKey)) digester.update(chunk as Uint8Array)
    blob.advance(digester.sizeBytes)
    await this.#receive(download, { blob, writer, digester, first: undefined })
  }

  async #receive(
    { source, digest }: Download,
    received: {
      blob: GrowingBlob
      writer: UploadWriter
      digester: Digester
      first: UpstreamBlob | undefined
    },
  ): Promise<void> {
    const open = (start: number) => this.#open(source, digest, start)
    const { signal } = this.#ending
    const spend = (bytes: number) => source.gate.spend(bytes, signal)
    await receiveBlob({ ...received, open, spend, signal })
    await this.#store(source.repository, received)
  }

  async #store(
    repository: string,
    { blob, writer }: { blob: GrowingBlob; writer: UploadWriter },
  ): Promise<void> {
    const { storage, staging, blobs } = this.#options
    await blobs.leaseContent(blob.digest)
    if (staging !== storage) await copyUpload({ from: staging, to: storage }, blob.uploadKey, blob.digest)
    else await writer.commit(blob.digest)
    await blobs.addBlob(repository, blob.digest, writer.sizeBytes)
    await writer.delete()
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
  } finally {
    await writer.delete()
  }
}

function keyOf(repository: string, digest: Digest): string {
  return `${repository}@${digest}`
}
