import { CodedError } from '@berth/stdx'
import { isZeroBlock, parseHeaderBlock, type HeaderBlock } from './header-block.ts'
import { malformed } from './malformed.ts'
import { parseText } from './numbers.ts'
import { noRecords, parsePax } from './pax.ts'
import { resolveEntry, type Extensions } from './resolve-entry.ts'
import { SparseBodyMap } from './sparse-body-map.ts'
import * as sparse from './sparse.ts'
import { tarBlockBytes, tarPadding, type Fragment, type TarEntry } from './tar-entry.ts'

export interface TarReaderOptions {
  /** Longest PAX header, GNU long name or sparse map. Default 1 MiB. */
  headerBytesMax?: number
  /** Called for each member, before its body; `bodyOffset` is where its stored bytes start in the archive. */
  onEntry: (entry: TarEntry, bodyOffset: number) => void
  /** Called with the stored bytes of the last member, piece by piece; the piece is valid during the call. */
  onBody?: (piece: Uint8Array) => void
}

const headerBytesMaxDefault = 1024 * 1024

type Step = (block: Buffer) => void

/**
 * Reads an archive whose bytes are pushed in pieces of any size: ustar, GNU and PAX, sparse files of every kind. It is as
 * strict as Go's archive/tar, which decides what the rest of the container world accepts. Throws `invalid-argument` for
 * what breaks the format and, at `end()`, `data-loss` for what was cut off. After an error the reader is of no more use.
 */
export class TarReader {
  readonly #options: TarReaderOptions
  readonly #headerBytesMax: number
  #position = 0
  #bodyLeft = 0
  #paddingLeft = 0
  #collected: Buffer | undefined
  #collectedBytes = 0
  #wantedBytes = tarBlockBytes
  #step: Step = (block) => this.#readHeader(block)
  #extensions: Extensions = {}
  /** True where an archive may end: between members, or behind the first zero block. */
  #mayEnd = true
  #hasEnded = false

  constructor(options: TarReaderOptions) {
    this.#options = options
    this.#headerBytesMax = options.headerBytesMax ?? headerBytesMaxDefault
  }

  push(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    for (let at = 0; at < bytes.length && !this.#hasEnded;) {
      const taken =
        this.#bodyLeft + this.#paddingLeft > 0 ? this.#passBody(bytes.subarray(at)) : this.#collect(bytes, at)
      at += taken
    }
  }

  /** Says that no more bytes come. A missing end marker is no error, nor is missing padding. */
  end(): void {
    const isWhole = this.#hasEnded || (this.#mayEnd && this.#bodyLeft === 0 && this.#collectedBytes === 0)
    if (!isWhole) throw new CodedError('data-loss', 'Cannot read tar: unexpected end of the archive')
  }

  #passBody(bytes: Buffer): number {
    const body = Math.min(bytes.length, this.#bodyLeft)
    if (body > 0) this.#options.onBody?.(bytes.subarray(0, body))
    const padding = Math.min(bytes.length - body, this.#paddingLeft)
    this.#bodyLeft -= body
    this.#paddingLeft -= padding
    this.#position += body + padding
    return body + padding
  }

  #collect(bytes: Buffer, at: number): number {
    const taken = Math.min(bytes.length - at, this.#wantedBytes - this.#collectedBytes)
    this.#position += taken
    if (taken === this.#wantedBytes) this.#step(bytes.subarray(at, at + taken))
    else {
      this.#collected ??= Buffer.allocUnsafe(this.#wantedBytes)
      bytes.copy(this.#collected, this.#collectedBytes, at, at + taken)
      this.#collectedBytes += taken
      if (this.#collectedBytes === this.#wantedBytes) this.#stepCollected(this.#collected)
    }
    return taken
  }

  #stepCollected(block: Buffer): void {
    this.#collected = undefined
    this.#collectedBytes = 0
    this.#step(block)
  }

  #want(sizeBytes: number, step: Step): void {
    this.#wantedBytes = sizeBytes
    this.#step = step
    this.#mayEnd = false
  }

  #wantHeader(): void {
    this.#want(tarBlockBytes, (block) => this.#readHeader(block))
    this.#mayEnd = true
  }

  #readHeader(block: Buffer): void {
    if (isZeroBlock(block)) {
      this.#want(tarBlockBytes, (second) => this.#readEndMarker(second))
      this.#mayEnd = true
      return
    }
    const header = parseHeaderBlock(block)
    const { typeFlag } = header
    if (typeFlag === 'x' || typeFlag === 'g' || typeFlag === 'L' || typeFlag === 'K') this.#readMeta(header)
    else this.#readMember(header, block)
  }

  #readEndMarker(block: Buffer): void {
    if (!isZeroBlock(block)) throw malformed('a zero block is followed by something else')
    this.#hasEnded = true
  }

  #readMeta({ typeFlag, size }: HeaderBlock): void {
    if (size < 0) throw malformed('a size is negative')
    if (size > this.#headerBytesMax)
      throw malformed(`an extended header is larger than ${this.#headerBytesMax} bytes`)
    const finish = (bytes: Buffer): void => {
      this.#applyMeta(typeFlag, bytes)
      this.#paddingLeft = tarPadding(size)
      this.#wantHeader()
    }
    if (size === 0) finish(Buffer.alloc(0))
    else this.#want(size, finish)
  }

  #applyMeta(typeFlag: string, bytes: Buffer): void {
    if (typeFlag === 'L') this.#extensions.longName = parseText(bytes)
    else if (typeFlag === 'K') this.#extensions.longLink = parseText(bytes)
    else {
      const records = parsePax(bytes.toString('latin1'))
      // Global headers must parse but change no member: archive/tar hands them out and container engines drop them.
      if (typeFlag === 'x') this.#extensions.pax = records
    }
  }

  #readMember(header: HeaderBlock, block: Buffer): void {
    const { pax = noRecords } = this.#extensions
    const entry = resolveEntry(header, this.#extensions)
    const format = sparse.sparseFormat(header, pax)
    this.#extensions = {}
    if (format === undefined) {
      this.#startBody(entry, entry.sizeBytes)
      return
    }
    if (entry.type !== 'file') throw malformed('a sparse member is not a file')
    const storedSize = entry.sizeBytes
    if (format === 'gnu') {
      this.#readGnuMap(
        { ...entry, sizeBytes: sparse.gnuRealSize(block), fragments: [] },
        storedSize,
        sparse.gnuHeaderMap(block),
      )
    } else {
      const name = pax.get('GNU.sparse.name') || entry.name
      const real = { ...entry, name, sizeBytes: sparse.paxRealSize(pax) ?? storedSize }
      if (format === 'pax-0') this.#startSparseBody({ ...real, fragments: sparse.paxMap(pax) }, storedSize)
      else this.#readBodyMap(real, storedSize, new SparseBodyMap(this.#headerBytesMax))
    }
  }

  #readGnuMap(entry: TarEntry & { fragments: Fragment[] }, storedSize: number, map: sparse.GnuMap): void {
    entry.fragments.push(...map.fragments)
    if (entry.fragments.length > this.#headerBytesMax / sparse.gnuEntryBytes)
      throw malformed('a sparse map is too long')
    if (map.isExtended)
      this.#want(tarBlockBytes, (block) => this.#readGnuMap(entry, storedSize, sparse.gnuExtensionMap(block)))
    else this.#startSparseBody(entry, storedSize)
  }

  #readBodyMap(entry: TarEntry, sizeLeft: number, map: SparseBodyMap): void {
    if (sizeLeft < tarBlockBytes) throw malformed('a sparse map does not end')
    this.#want(tarBlockBytes, (block) => {
      const fragments = map.push(block)
      if (fragments) this.#startSparseBody({ ...entry, fragments }, sizeLeft - tarBlockBytes)
      else this.#readBodyMap(entry, sizeLeft - tarBlockBytes, map)
    })
  }

  #startSparseBody(entry: TarEntry & { fragments: readonly Fragment[] }, storedSize: number): void {
    sparse.verifyFragments(entry.fragments, entry.sizeBytes, storedSize)
    this.#startBody(entry, storedSize)
  }

  #startBody(entry: TarEntry, storedSize: number): void {
    this.#bodyLeft = storedSize
    this.#paddingLeft = tarPadding(storedSize)
    this.#wantHeader()
    this.#options.onEntry(entry, this.#position)
  }
}
