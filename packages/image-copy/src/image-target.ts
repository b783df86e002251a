import type { Descriptor } from '@berth/oci'
import type { ImageDocument } from './image-source.ts'

export interface BlobToWrite {
  descriptor: Descriptor
  /** The bytes from `start` on; those from 0 on are checked. */
  open: (start: number) => AsyncIterable<Uint8Array>
  /** `registry/repository` that has it. */
  origin: string | undefined
}

export interface WriteBlobOptions {
  signal?: AbortSignal
  onProgress: (bytes: number) => void
}

/** Where one image is to be. It is there when `writeRoot` resolves, and not before. */
export interface ImageTarget extends AsyncDisposable {
  /** Throws `invalid-argument` when the name cannot point at this image. Asked before anything is written. */
  checkRoot?(root: Descriptor): void
  /** Resolves to false when the blob was there already. */
  writeBlob(blob: BlobToWrite, options: WriteBlobOptions): Promise<boolean>
  /** A document below the root, after everything that it names. */
  writeDocument(document: ImageDocument, signal?: AbortSignal): Promise<void>
  /** What the name of the image is to point at. The last call. */
  writeRoot(document: ImageDocument, signal?: AbortSignal): Promise<void>
}
