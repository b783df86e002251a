import type { Descriptor } from '@berth/oci'

/** A manifest or an index as it is. */
export interface ImageDocument {
  descriptor: Descriptor
  bytes: Uint8Array
}

/** One image somewhere, to be read. Errors are CodedErrors; `not-found` for what is not there. */
export interface ImageSource extends AsyncDisposable {
  /** What the name of the image points at. */
  readRoot(signal?: AbortSignal): Promise<ImageDocument>
  /** A document below it; the caller checks the digest. */
  readDocument(descriptor: Descriptor, signal?: AbortSignal): Promise<Uint8Array>
  /** The bytes of a blob from `start` on; the caller checks the digest. */
  readBlob(
    descriptor: Descriptor,
    options: { start: number; signal?: AbortSignal },
  ): AsyncIterable<Uint8Array>
  /** `registry/repository`, where a registry can mount blobs from; undefined for files. */
  readonly origin: string | undefined
}
