import { digestAlgorithm, digestOf, manifestBytesMax, parseManifest, type Digest } from '@berth/oci'
import { isCoded, type Logger } from '@berth/stdx'
import type { BlobStore } from '../metadata/blob-store.ts'
import type { ContentReader, FoundBlob, FoundManifest } from '../content/content-reader.ts'
import type { ManifestRecord, ManifestStore } from '../metadata/manifest-store.ts'
import type { Manifests } from '../content/manifests.ts'
import type { ManifestReference } from '../content/names.ts'
import { RegistryError } from '../registry-error.ts'
import { expectStored, openStoredFile, type Storage } from '../storage/storage.ts'
import { BlobDownloads, type DownloadSource } from './blob-downloads.ts'
import { Gate } from './gate.ts'
import type { GrowingBlob } from './growing-blob.ts'
import { upstreamName, type MirrorNamespace, type MirrorNamespaces } from './mirror-namespace.ts'
import type { MirrorStore } from './mirror-store.ts'
import { SharedWork } from './shared-work.ts'
import { UpstreamError, type UpstreamList } from './upstream.ts'
import { withUpstreamErrors } from './upstream-refusal.ts'

const tagTtlMsDefault = 5 * 60 * 1000
/** A tag whose upstream does not answer is not asked for again at once: every pull would wait for the time-out. */
const staleRetryMs = 30_000
/** Clients that come together must not come together again. */
const ttlJitter = 0.1

export interface MirrorOptions {
  namespaces: MirrorNamespaces
  storage: Storage
  /** Where blobs are while they come; may be the same. */
  staging: Storage
  stores: { blobs: BlobStore; manifests: ManifestStore; mirror: MirrorStore }
  manifests: Manifests
  now: () => number
  logger: Logger
  /** Called when another blob has come in. */
  onStored: () => void
}

/**
 * The repositories of other registries: what is here is served from here, what is not is fetched once, byte for byte,
 * for all who ask. A digest is never asked for again, a tag when its time is over; when upstream fails then, the copy of
 * before is served with a warning.
 */
export class Mirror implements ContentReader, AsyncDisposable {
  readonly #options: MirrorOptions
  readonly #downloads: BlobDownloads
  readonly #manifestFetches = new SharedWork<FoundManifest>()
  readonly #gates = new Map<MirrorNamespace, Gate>()
  readonly #ending = new AbortController()

  constructor(options: MirrorOptions) {
    this.#options = options
    const { storage, staging, stores, logger, onStored } = options
    this.#downloads = new BlobDownloads({ storage, staging, blobs: stores.blobs, logger, onStored })
  }

  getManifest(repository: string, reference: ManifestReference): Promise<FoundManifest> {
    return withUpstreamErrors('MANIFEST_UNKNOWN', () =>
      'digest' in reference
        ? this.#getByDigest(repository, reference.digest)
        : this.#getByTag(repository, reference.tag),
    )
  }

  readManifest(digest: Digest): Promise<Uint8Array> {
    return this.#options.manifests.readManifest(digest)
  }

  getBlob(repository: string, digest: Digest, { isHead }: { isHead: boolean }): Promise<FoundBlob> {
    return withUpstreamErrors('BLOB_UNKNOWN', async () => {
      const stored = await this.#options.stores.blobs.leaseBlob(repository, digest)
      if (stored) return this.#stored(digest, stored.sizeBytes)
      const running = this.#downloads.find(repository, digest)
      if (running) return this.#growing(repository, digest, running)
      if (isHead || (await this.#options.storage.findBlob(digest))) {
        const known = await this.#headBlob(repository, digest)
        if (known) return known
      }
      return this.#download(repository, digest)
    })
  }

  /** A list that only upstream can give, as it gives it. */
  getList(repository: string, path: string): Promise<UpstreamList> {
    const { upstream, gate, upstreamRepository } = this.#sourceOf(repository)
    return withUpstreamErrors('NAME_UNKNOWN', () =>
      gate.ask(() => upstream.getList(upstreamRepository, path, this.#ending.signal)),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new UpstreamError('unreachable', 'the mirror is stopping'))
    await this.#downloads[Symbol.asyncDispose]()
  }

  async #getByDigest(repository: string, digest: Digest): Promise<FoundManifest> {
    const stored = await this.#options.stores.manifests.findManifest(repository, digest)
    return stored ?? (await this.#fetchManifest(repository, { digest }))
  }

  async #getByTag(repository: string, tag: string): Promise<FoundManifest> {
    const { stores, now } = this.#options
    const stored = await stores.manifests.findTag(repository, tag)
    if (!stored) return await this.#fetchManifest(repository, { tag })
    if (now() < (await stores.mirror.getFreshUntil(repository, tag))) return stored
    return await this.#manifestFetches.run(`${repository}:${tag} again`, () =>
      this.#revalidate(repository, tag, stored),
    )
  }

  async #revalidate(repository: string, tag: string, stored: ManifestRecord): Promise<FoundManifest> {
    const { upstream, gate, upstreamRepository } = this.#sourceOf(repository)
    try {
      const { digest } = await gate.ask(() =>
        upstream.headManifest(upstreamRepository, tag, this.#ending.signal),
      )
      if (digest !== stored.digest) return await this.#fetchManifest(repository, { tag })
      await this.#believe(repository, tag, this.#ttlMs(repository))
      return stored
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      if (error.kind === 'unknown') await this.#options.stores.manifests.deleteTag(repository, tag)
      if (!error.isPassing) throw error
      this.#options.logger.warn('serving a tag of before', { repository, tag, error })
      await this.#believe(repository, tag, error.retryAfterMs ?? staleRetryMs)
      return { ...stored, warning: `${error.message}; this is the copy of before` }
    }
  }

  #fetchManifest(repository: string, reference: ManifestReference): Promise<FoundManifest> {
    const text = 'digest' in reference ? reference.digest : reference.tag
    return this.#manifestFetches.run(`${repository} ${text}`, async () => {
      const { upstream, gate, upstreamRepository } = this.#sourceOf(repository)
      const { bytes, mediaType } = await gate.ask(() =>
        upstream.getManifest(upstreamRepository, text, this.#ending.signal),
      )
      const tags = 'tag' in reference ? [reference.tag] : []
      const wanted = 'digest' in reference ? reference.digest : undefined
      checkManifest({ bytes, mediaType, wanted })
      const { record } = await this.#options.manifests.putMirrored(repository, {
        bytes,
        mediaType,
        digest: wanted,
        tags,
      })
      for (const tag of tags) await this.#believe(repository, tag, this.#ttlMs(repository))
      return record
    })
  }

  /** For a blob that need not be fetched: nobody wants its bytes, or they are here and only the right to them is not. */
  async #headBlob(repository: string, digest: Digest): Promise<FoundBlob | undefined> {
    const { storage, stores } = this.#options
    const { upstream, gate, upstreamRepository } = this.#sourceOf(repository)
    const { sizeBytes } = await gate.ask(() =>
      upstream.headBlob(upstreamRepository, digest, this.#ending.signal),
    )
    await stores.blobs.leaseContent(digest)
    const stored = await storage.findBlob(digest)
    if (stored && (stored.sizeBytes === sizeBytes || sizeBytes === undefined)) {
      await stores.blobs.addBlob(repository, digest, stored.sizeBytes)
      return this.#stored(digest, stored.sizeBytes)
    }
    if (sizeBytes === undefined) return undefined
    return { sizeBytes, open: async (range) => (await this.#download(repository, digest)).open(range) }
  }

  async #download(repository: string, digest: Digest): Promise<FoundBlob> {
    const growing = await this.#downloads.start(this.#sourceOf(repository), digest)
    return this.#growing(repository, digest, growing)
  }

  async #growing(repository: string, digest: Digest, growing: GrowingBlob | undefined): Promise<FoundBlob> {
    const { sizeBytes } = growing ?? {}
    if (growing && sizeBytes !== undefined) return { sizeBytes, open: async (range) => growing.read(range) }
    await growing?.stored
    const stored = await this.#options.stores.blobs.findBlob(repository, digest)
    if (!stored) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest } })
    return this.#stored(digest, stored.sizeBytes)
  }

  #stored(digest: Digest, sizeBytes: number): FoundBlob {
    const { storage } = this.#options
    return {
      sizeBytes,
      open: (range) => expectStored(storage.openBlob(digest, range)),
      openFile: () => openStoredFile(storage, digest),
      read: () => expectStored(storage.readBlob(digest)),
    }
  }

  async #believe(repository: string, tag: string, forMs: number): Promise<void> {
    await this.#options.stores.mirror.setFreshUntil(repository, tag, Math.round(this.#options.now() + forMs))
  }

  #ttlMs(repository: string): number {
    const ttlMs = this.#namespaceOf(repository).tagTtlMs ?? tagTtlMsDefault
    return ttlMs * (1 - ttlJitter * Math.random())
  }

  #sourceOf(repository: string): DownloadSource {
    const namespace = this.#namespaceOf(repository)
    let gate = this.#gates.get(namespace)
    if (!gate) {
      gate = new Gate(namespace.limits ?? {}, this.#options.now)
      this.#gates.set(namespace, gate)
    }
    const { upstream } = namespace
    return { upstream, gate, repository, upstreamRepository: upstreamName(namespace, repository) }
  }

  #namespaceOf(repository: string): MirrorNamespace {
    const namespace = this.#options.namespaces.of(repository)
    if (!namespace) throw new RegistryError('NAME_UNKNOWN', { detail: { name: repository } })
    return namespace
  }
}

/** What upstream sends is not what the client sent: that it is wrong is upstream's failure. */
function checkManifest({
  bytes,
  mediaType,
  wanted,
}: {
  bytes: Uint8Array
  mediaType: string | undefined
  wanted: Digest | undefined
}): void {
  if (bytes.length > manifestBytesMax)
    throw new UpstreamError('failing', 'upstream sent too large a manifest')
  if (wanted !== undefined && digestOf(bytes, digestAlgorithm(wanted)) !== wanted)
    throw new UpstreamError('failing', `upstream sent another manifest than ${wanted}`)
  try {
    parseManifest(bytes, mediaType)
  } catch (error) {
    if (!isCoded(error)) throw error
    throw new UpstreamError('failing', `upstream sent no manifest: ${error.message}`, { cause: error })
  }
}
