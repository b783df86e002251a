import {
  digestAlgorithm,
  digestOf,
  isDigest,
  manifestBytesMax,
  parseManifest,
  type Descriptor,
  type Digest,
  type ManifestOrIndex,
} from '@berth/oci'
import { isCoded, LruCache } from '@berth/stdx'
import type { BlobStore } from '../metadata/blob-store.ts'
import type {
  ManifestRecord,
  ManifestReferences,
  ManifestStore,
  NewManifest,
} from '../metadata/manifest-store.ts'
import type { ManifestReference } from './names.ts'
import { RegistryError } from '../registry-error.ts'
import type { RepositoryStore } from '../metadata/repository-store.ts'
import { expectStored, type Storage } from '../storage/storage.ts'

const cacheBytes = 32 * 1024 * 1024

export interface ManifestToPut {
  bytes: Uint8Array
  /** Content-Type, as announced. */
  mediaType: string | undefined
  /** The digest that the client names, if it names one. */
  digest?: Digest | undefined
  tags: readonly string[]
}

/** What has been stored. */
export interface PutManifest {
  record: ManifestRecord
  subject: Digest | undefined
}

interface ManifestsStores {
  repositories: RepositoryStore
  blobs: BlobStore
  manifests: ManifestStore
}

/** Manifests and indexes of repositories: kept byte for byte, checked when they come in. */
export class Manifests {
  readonly #storage: Storage
  readonly #stores: ManifestsStores
  readonly #cache = new LruCache<Digest, Uint8Array>(cacheBytes)

  constructor(storage: Storage, stores: ManifestsStores) {
    this.#storage = storage
    this.#stores = stores
  }

  /** What a reference names now; throws MANIFEST_UNKNOWN, or NAME_UNKNOWN for a repository that is not there. */
  async getManifest(repository: string, reference: ManifestReference): Promise<ManifestRecord> {
    const record =
      'tag' in reference
        ? await this.#stores.manifests.findTag(repository, reference.tag)
        : await this.#stores.manifests.findManifest(repository, reference.digest)
    if (record) return record
    const hasRepository = await this.#stores.repositories.hasRepository(repository)
    throw new RegistryError(hasRepository ? 'MANIFEST_UNKNOWN' : 'NAME_UNKNOWN', {
      detail: { name: repository, ...reference },
    })
  }

  /** The bytes of a manifest that `getManifest` has just found. */
  async readManifest(digest: Digest): Promise<Uint8Array> {
    const cached = this.#cache.get(digest)
    if (cached) return cached
    const bytes = await expectStored(this.#storage.readBlob(digest))
    this.#cache.set(digest, bytes)
    return bytes
  }

  /**
   * Checks a manifest and stores it under its digest and all its tags. What it points to must be in the repository
   * (except a subject, and layers that may not be distributed). Throws MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN,
   * MANIFEST_TOO_LARGE or DIGEST_INVALID, and stores nothing then.
   */
  putManifest(repository: string, manifest: ManifestToPut): Promise<PutManifest> {
    return this.#put(repository, manifest, { isMirrored: false })
  }

  /** As `putManifest` for a copy of another registry's, whose blobs come when somebody asks for them. */
  putMirrored(repository: string, manifest: ManifestToPut): Promise<PutManifest> {
    return this.#put(repository, manifest, { isMirrored: true })
  }

  async #put(
    repository: string,
    manifest: ManifestToPut,
    { isMirrored }: { isMirrored: boolean },
  ): Promise<PutManifest> {
    const { bytes, tags } = manifest
    const digest = digestOf(bytes, manifest.digest && digestAlgorithm(manifest.digest))
    if (manifest.digest !== undefined && manifest.digest !== digest) {
      throw new RegistryError('DIGEST_INVALID', { detail: { digest: manifest.digest } })
    }
    const content = parseContent(bytes, manifest.mediaType)
    const references = referencesOf(content)
    const referrer = referrerFields(content)
    await this.#stores.blobs.leaseContent(digest)
    await this.#storage.writeBlob(digest, bytes)
    const record = {
      digest,
      mediaType: content.mediaType,
      sizeBytes: bytes.length,
      references: isMirrored ? { ...references, required: [] } : references,
      ...referrer,
    }
    await this.#stores.manifests.addManifest(repository, record, tags)
    return { record, subject: referrer.subject }
  }

  /** A tag alone, or a manifest with every tag that names it; throws MANIFEST_UNKNOWN. */
  async deleteManifest(repository: string, reference: ManifestReference): Promise<void> {
    const isDeleted =
      'tag' in reference
        ? await this.#stores.manifests.deleteTag(repository, reference.tag)
        : await this.#stores.manifests.deleteManifest(repository, reference.digest)
    if (!isDeleted)
      throw new RegistryError('MANIFEST_UNKNOWN', { detail: { name: repository, ...reference } })
  }
}

function parseContent(bytes: Uint8Array, mediaType: string | undefined): ManifestOrIndex {
  if (bytes.length > manifestBytesMax)
    throw new RegistryError('MANIFEST_TOO_LARGE', { detail: { limitBytes: manifestBytesMax } })
  try {
    return parseManifest(bytes, mediaType)
  } catch (error) {
    if (!isCoded(error)) throw error
    throw new RegistryError('MANIFEST_INVALID', {
      message: `manifest invalid: ${error.message}`,
      cause: error,
    })
  }
}

/** What a manifest names. Layers that may not be distributed need not be there: OCI image specification, layer.md. */
export function referencesOf(content: ManifestOrIndex): ManifestReferences {
  if (content.kind === 'index') {
    const children = content.manifests.map(toDigest)
    return { kind: 'manifests', all: children, required: children }
  }
  const { config, layers } = content
  const required = [config, ...layers.filter((layer) => !isNondistributable(layer.mediaType))].map(toDigest)
  return { kind: 'blobs', all: [config, ...layers].map(toDigest), required }
}

const toDigest = ({ digest }: Descriptor): Digest => digest

function isNondistributable(mediaType: string): boolean {
  return /\.nondistributable\.|\.foreign\./.test(mediaType)
}

/** What a list of referrers repeats of a manifest: distribution specification, "Listing Referrers". */
function referrerFields(
  content: ManifestOrIndex,
): Pick<NewManifest, 'subject' | 'artifactType' | 'annotations'> {
  const { subject, artifactType, annotations } = content
  if (subject !== undefined && !isDigest(String(subject?.digest)))
    throw invalid('subject is not a descriptor')
  if (artifactType !== undefined && typeof artifactType !== 'string')
    throw invalid('artifactType is not a string')
  if (annotations !== undefined && !isStringMap(annotations))
    throw invalid('annotations are not a map of strings')
  // An image without an artifactType goes by its config's media type.
  const configType = content.kind === 'manifest' ? content.config.mediaType : undefined
  return { subject: subject?.digest, artifactType: artifactType || configType, annotations }
}

function isStringMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((entry) => typeof entry === 'string')
}

function invalid(state: string): RegistryError {
  return new RegistryError('MANIFEST_INVALID', { message: `manifest invalid: ${state}` })
}
