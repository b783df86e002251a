import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Digest } from '@berth/oci'
import type { Blobs } from './blobs.ts'
import type { ManifestRecord } from '../metadata/manifest-store.ts'
import type { Manifests } from './manifests.ts'
import type { ManifestReference } from './names.ts'
import type { ByteRange } from '../storage/storage.ts'

/** A manifest that was found. */
export interface FoundManifest extends ManifestRecord {
  /** What the client's user should know of it. */
  warning?: string
}

/** A blob that was found; its bytes may still be on their way. */
export interface FoundBlob {
  sizeBytes: number
  open(range: ByteRange): Promise<Readable | AsyncIterable<Uint8Array>>
  /** The file that it is, if it is one of its own. The caller closes it. */
  openFile?(): Promise<FileHandle | undefined>
  /** Where clients are to read it instead, if they are. */
  presign?(): Promise<URL | undefined>
  /** All of it in memory, where that is cheaper for a small one. */
  read?(): Promise<Uint8Array>
}

/** Where pulls read from: what is stored here, or a mirror that fetches what is not. */
export interface ContentReader {
  /** Throws MANIFEST_UNKNOWN or NAME_UNKNOWN. */
  getManifest(repository: string, reference: ManifestReference): Promise<FoundManifest>
  /** The bytes of a manifest that `getManifest` has just found. */
  readManifest(digest: Digest): Promise<Uint8Array>
  /** Throws BLOB_UNKNOWN. `isHead`: only whether it is there is asked, by somebody who will rely on it. */
  getBlob(repository: string, digest: Digest, options: { isHead: boolean }): Promise<FoundBlob>
}

/** Reads what is stored here. */
export function localContent({ blobs, manifests }: { blobs: Blobs; manifests: Manifests }): ContentReader {
  return {
    getManifest: (repository, reference) => manifests.getManifest(repository, reference),
    readManifest: (digest) => manifests.readManifest(digest),
    async getBlob(repository, digest, { isHead }) {
      const { sizeBytes } = await blobs[isHead ? 'leaseBlob' : 'getBlob'](repository, digest)
      return {
        sizeBytes,
        open: (range) => blobs.openBlob(digest, range),
        openFile: () => blobs.openBlobFile(digest),
        presign: () => blobs.presignBlob(digest),
        read: () => blobs.readBlob(digest),
      }
    },
  }
}
