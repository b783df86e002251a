import type { Compression, Digest } from '@berth/oci'

/** What `writeLayer` needs. */
export interface WriteLayerOptions {
  /** Path of the (compressed) layer blob. */
  source: string
  /** As the media type says; `auto` looks at the first bytes. */
  compression: Compression | 'auto'
  /** `erofs`: writes `layer.tar` and `layer.erofs`. `tree`: unpacks into `tree/`. */
  format: 'erofs' | 'tree'
  /** Existing empty directory. */
  directory: string
  limits?: Partial<LayerLimits>
  signal?: AbortSignal
  /** Called with the bytes read of the source so far, at most some times a second. */
  onProgress?: (readBytes: number) => void
}

/** Bounds on what an archive from outside may ask for. */
export interface LayerLimits {
  /** Uncompressed bytes. */
  sizeBytesMax: number
  entriesMax: number
  /** Uncompressed : compressed, looked at once 100 MiB are out. */
  ratioMax: number
  /** Path components. */
  depthMax: number
  /** One PAX header or GNU long name. */
  headerBytesMax: number
}

export interface WrittenLayer {
  /** Digest of the uncompressed tar. */
  diffId: Digest
  /** Size of the uncompressed tar. */
  sizeBytes: number
  entries: number
  /** `tree` when the layer could not be expressed as EROFS and was unpacked instead. */
  format: 'erofs' | 'tree'
}
