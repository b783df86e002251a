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
import { isCoded } from '@berth/stdx'
import { LruCache } from './lru-cache.ts'
import type { ManifestRecord, MetadataStore, NewManifest } from './metadata-store.ts'
import type { ManifestReference } from './names.ts'
import { RegistryError } from './registry-error.ts'
import type { Storage } from './storage.ts'

const cacheBytes = 32 * 1024 * 1024

export interface ManifestToPut {
  bytes: Uint8Array
  /** Content-Type, as announced. */
  mediaType: string | undefined
  /** The digest that the client names, if it names one. */
  digest?: Digest | undefined
  tags: readonly string[]
}

/** Manifests and indexes of repositories: kept byte for byte, checked when they come in. */
export class Manifests {
  readonly #storage: Storage
  readonly #metadata: MetadataStore
  readonly #cache = new LruCache<Digest, Uint8Array>(cacheBytes)

  constructor(storage: Storage, metadata: MetadataStore) {
    this.#storage = storage
    this.#metadata = metadata
  }

  /** What a reference names now; throws MANIFEST_UNKNOWN, or NAME_UNKNOWN for a repository that is not there. */
  async getManifest(repository: string, reference: ManifestReference): Promise<ManifestRecord> {
    const record =
      'tag' in reference
        ? await this.#metadata.findTag(repository, reference.tag)
        : await this.#metadata.findManifest(repository, reference.digest)
    if (record) return record
    const hasRepository = await this.#metadata.hasRepository(repository)
    throw new RegistryError(hasRepository ? 'MANIFEST_UNKNOWN' : 'NAME_UNKNOWN', {
      detail: { name: repository, ...reference },
    })
  }

  /** The bytes of a manifest that `getManifest` has just found. */
  async readManifest(digest: Digest): Promise<Uint8Array> {
    const cached = this.#cache.get(digest)
    if (cached) return cached
    const bytes = await this.#storage.readBlob(digest)
    this.#cache.set(digest, bytes)
    return bytes
  }

  /**
   * Checks a manifest and stores it under its digest and all its tags. What it points to must be in the repository
   * (except a subject, and layers that may not be distributed). Throws MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN,
   * MANIFEST_TOO_LARGE or DIGEST_INVALID, and stores nothing then.
   */
  async putManifest(
    repository: string,
    manifest: ManifestToPut,
  ): Promise<{ digest: Digest; subject: Digest | undefined }> {
    const { bytes, tags } = manifest
    const digest = digestOf(bytes, manifest.digest && digestAlgorithm(manifest.digest))
    if (manifest.digest !== undefined && manifest.digest !== digest) {
      throw new RegistryError('DIGEST_INVALID', { detail: { digest: manifest.digest } })
    }
    const content = parseContent(bytes, manifest.mediaType)
    const referrer = referrerFields(content)
    await this.#checkReferences(repository, content)
    await this.#storage.writeBlob(digest, bytes)
    const record = { digest, mediaType: content.mediaType, sizeBytes: bytes.length, ...referrer }
    await this.#metadata.addManifest(repository, record, tags)
    return { digest, subject: referrer.subject }
  }

  /** A tag alone, or a manifest with every tag that names it; throws MANIFEST_UNKNOWN. */
  async deleteManifest(repository: string, reference: ManifestReference): Promise<void> {
    const isDeleted =
      'tag' in reference
        ? await this.#metadata.deleteTag(repository, reference.tag)
        : await this.#metadata.deleteManifest(repository, reference.digest)
    if (!isDeleted)
      throw new RegistryError('MANIFEST_UNKNOWN', { detail: { name: repository, ...reference } })
  }

  async #checkReferences(repository: string, content: ManifestOrIndex): Promise<void> {
    const unknown: Digest[] = []
    for (const { digest } of requiredDescriptors(content)) {
      const isThere =
        content.kind === 'index'
          ? (await this.#metadata.findManifest(repository, digest)) !== undefined
          : await this.#metadata.hasBlob(repository, digest)
      if (!isThere) unknown.push(digest)
    }
    if (unknown.length > 0)
      throw new RegistryError('MANIFEST_BLOB_UNKNOWN', { detail: { digests: unknown.slice(0, 20) } })
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

/** What must be there before a manifest that names it: OCI image specification, layer.md, for the exception. */
function requiredDescriptors(content: ManifestOrIndex): Descriptor[] {
  if (content.kind === 'index') return content.manifests
  return [content.config, ...content.layers.filter((layer) => !isNondistributable(layer.mediaType))]
}

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
