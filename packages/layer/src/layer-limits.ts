import { CodedError } from '@berth/stdx'

const mebibyte = 1024 * 1024

/** Bounds on what an archive from outside may ask for. */
export interface LayerLimits {
  /** Uncompressed bytes. */
  sizeBytesMax: number
  entriesMax: number
  /** What names, link targets, extended attributes, maps of sparse files and directories take of the memory, together. */
  metadataBytesMax: number
  /** Uncompressed : compressed, looked at once 100 MiB are out. */
  ratioMax: number
  /** Path components. */
  depthMax: number
  /** One PAX header or GNU long name. */
  headerBytesMax: number
}

/**
 * What a layer may be when nobody says otherwise. Entries and what they say bound the memory of a writer: about 450 bytes an
 * entry, so some 900 MB for the most, and what names, attributes and directories take besides. Together that is less than the
 * heap that a thread may have: to reach its end would be no error but a crash. The ratio is what deflate reaches at best
 * (1,032), so only zstd's bombs meet it.
 */
export const layerLimitsDefault: Readonly<LayerLimits> = {
  sizeBytesMax: 1024 * 1024 * mebibyte,
  entriesMax: 2_000_000,
  metadataBytesMax: 512 * mebibyte,
  ratioMax: 1100,
  depthMax: 1024,
  headerBytesMax: mebibyte,
}

/** The limits with defaults for what is not said. */
export const completeLimits = (limits: Partial<LayerLimits> = {}): LayerLimits => ({
  ...layerLimitsDefault,
  ...limits,
})

const ratioFromBytes = 100 * mebibyte

/** Counts compressed and uncompressed bytes and throws `invalid-argument` when the one outgrows its bounds. */
export class LimitedSize {
  readonly #limits: LayerLimits
  readonly #subject: string
  readBytes = 0
  #writtenBytes = 0

  /** `subject` is what errors name. */
  constructor(limits: LayerLimits, subject = 'layer') {
    this.#limits = limits
    this.#subject = subject
  }

  addRead(bytes: number): void {
    this.readBytes += bytes
  }

  addWritten(bytes: number): void {
    const { sizeBytesMax, ratioMax } = this.#limits
    this.#writtenBytes += bytes
    if (this.#writtenBytes > sizeBytesMax) {
      throw new CodedError(
        'invalid-argument',
        `Cannot unpack ${this.#subject}: it is larger than ${sizeBytesMax} bytes`,
      )
    }
    if (this.#writtenBytes > ratioFromBytes && this.#writtenBytes > this.readBytes * ratioMax) {
      throw new CodedError(
        'invalid-argument',
        `Cannot unpack ${this.#subject}: it is more than ${ratioMax} times its compressed size`,
      )
    }
  }
}
