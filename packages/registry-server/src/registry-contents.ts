import type { Digest } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { Blobs } from './content/blobs.ts'
import type { ManifestRecord, ManifestStore, ReferrerRecord, TagRecord } from './metadata/manifest-store.ts'
import type { Manifests } from './content/manifests.ts'
import type { ManifestReference } from './content/names.ts'
import type { Page, RepositoryStore } from './metadata/repository-store.ts'

/** A manifest with its bytes. */
export interface ManifestContent extends ManifestRecord {
  bytes: Uint8Array
}

/** What repositories hold, for programs that show and manage them. It asks nobody whether they may. */
export interface RegistryContents {
  /** Names of repositories in order, at most `limit` after `last`. */
  listRepositories(page: Page): Promise<string[]>
  /** Tags by name, at most `limit` after `last`, with what they name. */
  listTags(repository: string, page: Page): Promise<TagRecord[]>
  /** Throws MANIFEST_UNKNOWN, or NAME_UNKNOWN for a repository that is not there. */
  getManifest(repository: string, reference: ManifestReference): Promise<ManifestContent>
  /** All of a blob; throws BLOB_UNKNOWN, and `invalid-argument` for one of more than `limitBytes`. */
  readBlob(repository: string, digest: Digest, limitBytes: number): Promise<Uint8Array>
  /** Manifests whose subject is `subject`, by digest, at most `limit` after `last`. */
  listReferrers(repository: string, subject: Digest, page: Page): Promise<ReferrerRecord[]>
  /** Throws MANIFEST_UNKNOWN, and TAG_IMMUTABLE. */
  deleteManifest(repository: string, reference: ManifestReference): Promise<void>
  /** With all its tags and manifests; its space is freed by the next collection. False when it was not there. */
  deleteRepository(repository: string): Promise<boolean>
}

export function registryContents(services: {
  blobs: Blobs
  manifests: Manifests
  stores: { repositories: RepositoryStore; manifests: ManifestStore }
}): RegistryContents {
  const { blobs, manifests, stores } = services
  return {
    listRepositories: async (page) => (await stores.repositories.listRepositories(page)).names,
    listTags: (repository, page) => stores.manifests.listTagRecords(repository, page),
    async getManifest(repository, reference) {
      const record = await manifests.getManifest(repository, reference)
      return { ...record, bytes: await manifests.readManifest(record.digest) }
    },
    async readBlob(repository, digest, limitBytes) {
      const { sizeBytes } = await blobs.getBlob(repository, digest)
      if (sizeBytes > limitBytes)
        throw new CodedError(
          'invalid-argument',
          `Cannot read blob: it has ${sizeBytes} bytes, more than ${limitBytes}`,
        )
      return blobs.readBlob(digest)
    },
    listReferrers: (repository, subject, page) => stores.manifests.listReferrers(repository, subject, page),
    deleteManifest: (repository, reference) => manifests.deleteManifest(repository, reference),
    deleteRepository: (repository) => stores.repositories.deleteRepository(repository),
  }
}
