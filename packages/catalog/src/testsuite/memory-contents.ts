import { digestOf, type Digest } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { CatalogContents } from '../catalog.ts'

interface HeldManifest {
  digest: Digest
  mediaType: string
  bytes: Uint8Array
}

/** A registry's content in memory, as a catalog reads it, and how a test puts some there. */
export class MemoryContents implements CatalogContents {
  readonly #manifests = new Map<string, Map<Digest, HeldManifest>>()
  readonly #tags = new Map<string, Map<string, { digest: Digest; updatedAt: number }>>()
  readonly #blobs = new Map<string, Uint8Array>()
  /** Manifests that were read. */
  readCount = 0

  /** Returns its descriptor. */
  addBlob(repository: string, bytes: Uint8Array, mediaType: string) {
    const digest = digestOf(bytes)
    this.#blobs.set(`${repository}@${digest}`, bytes)
    return { mediaType, digest, size: bytes.length }
  }

  /** Returns its descriptor. */
  addManifest(
    repository: string,
    document: { mediaType: string },
    tag?: { name: string; updatedAt: number },
  ) {
    const bytes = Buffer.from(JSON.stringify(document))
    const digest = digestOf(bytes)
    const { mediaType } = document
    const manifests = this.#manifests.get(repository) ?? new Map<Digest, HeldManifest>()
    this.#manifests.set(repository, manifests.set(digest, { digest, mediaType, bytes }))
    if (tag) {
      const tags = this.#tags.get(repository) ?? new Map<string, { digest: Digest; updatedAt: number }>()
      this.#tags.set(repository, tags.set(tag.name, { digest, updatedAt: tag.updatedAt }))
    }
    return { mediaType, digest, size: bytes.length }
  }

  async listRepositories({ last, limit }: { last: string; limit: number }) {
    const names = [...this.#manifests.keys()].filter((name) => name > last)
    return names.toSorted((a, b) => (a < b ? -1 : 1)).slice(0, limit)
  }

  async listTags(repository: string, { last, limit }: { last: string; limit: number }) {
    return [...(this.#tags.get(repository) ?? [])]
      .filter(([name]) => name > last)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([name, { digest, updatedAt }]) => ({
        name,
        digest,
        mediaType: this.#get(repository, digest).mediaType,
        updatedAt,
      }))
  }

  async getManifest(repository: string, reference: { tag: string } | { digest: Digest }) {
    this.readCount++
    if ('digest' in reference) return this.#get(repository, reference.digest)
    const tag = this.#tags.get(repository)?.get(reference.tag)
    if (!tag) throw new CodedError('not-found', 'manifest unknown')
    return this.#get(repository, tag.digest)
  }

  async readBlob(repository: string, digest: Digest, limitBytes: number): Promise<Uint8Array> {
    const bytes = this.#blobs.get(`${repository}@${digest}`)
    if (!bytes) throw new CodedError('not-found', 'blob unknown to registry')
    if (bytes.length > limitBytes) throw new CodedError('invalid-argument', 'too large')
    return bytes
  }

  async listReferrers(repository: string, subject: Digest, { last, limit }: { last: string; limit: number }) {
    return [...(this.#manifests.get(repository)?.values() ?? [])]
      .map((manifest) => ({
        manifest,
        document: JSON.parse(Buffer.from(manifest.bytes).toString()) as {
          subject?: { digest: Digest }
          artifactType?: string
          annotations?: Record<string, string>
        },
      }))
      .filter(({ document, manifest }) => document.subject?.digest === subject && manifest.digest > last)
      .slice(0, limit)
      .map(({ manifest: { digest, mediaType, bytes }, document: { artifactType, annotations } }) => ({
        digest,
        mediaType,
        sizeBytes: bytes.length,
        artifactType,
        annotations,
      }))
  }

  async deleteManifest(repository: string, { tag }: { tag: string }): Promise<void> {
    if (!this.#tags.get(repository)?.delete(tag)) throw new CodedError('not-found', 'manifest unknown')
  }

  async deleteRepository(repository: string): Promise<boolean> {
    this.#tags.delete(repository)
    return this.#manifests.delete(repository)
  }

  #get(repository: string, digest: Digest): HeldManifest {
    const manifest = this.#manifests.get(repository)?.get(digest)
    if (!manifest) throw new CodedError('not-found', 'manifest unknown')
    return manifest
  }
}
