import type { HeaderBlock } from './header-block.ts'
import { malformed } from './malformed.ts'
import { parseDecimal, parseNumeric } from './numbers.ts'
import { sparseMap, type PaxRecords } from './pax.ts'
import type { Fragment } from './tar-entry.ts'

/** Sparse formats: GNU tar's manual, "Storing Sparse Files". */
export type SparseFormat = 'gnu' | 'pax-0' | 'pax-1'

/** How the holes of this member are described, or undefined when it has none. */
export function sparseFormat(header: HeaderBlock, pax: PaxRecords): SparseFormat | undefined {
  if (header.typeFlag === 'S') {
    if (!header.isGnu) throw malformed('a sparse member is not in GNU format')
    return 'gnu'
  }
  const version = `${pax.get('GNU.sparse.major') ?? ''}.${pax.get('GNU.sparse.minor') ?? ''}`
  // Formats 0.0 and 0.1 did not always say their version.
  return version === '.' && pax.get(sparseMap) ? 'pax-0' : paxFormats[version]
}

const paxFormats: Readonly<Record<string, SparseFormat>> = { '0.0': 'pax-0', '0.1': 'pax-0', '1.0': 'pax-1' }

/** Size of the file as it reads, where PAX records say it. */
export function paxRealSize(pax: PaxRecords): number | undefined {
  const size = pax.get('GNU.sparse.size') || pax.get('GNU.sparse.realsize')
  return size ? parseDecimal(size) : undefined
}

export function paxMap(pax: PaxRecords): Fragment[] {
  const text = pax.get(sparseMap) ?? ''
  const numbers = text === '' ? [] : text.split(',').map(parseDecimal)
  if (parseDecimal(pax.get('GNU.sparse.numblocks') ?? '') * 2 !== numbers.length)
    throw malformed('a sparse map has a wrong length')
  return toFragments(numbers)
}

/** Pairs of offset and size. */
export function toFragments(numbers: number[]): Fragment[] {
  const fragments: Fragment[] = []
  for (let index = 0; index < numbers.length; index += 2) {
    fragments.push({ offset: numbers[index] ?? 0, sizeBytes: numbers[index + 1] ?? 0 })
  }
  return fragments
}

const mapOffset = 386
const mapEntries = 4
const isExtendedOffset = 482
const realSizeOffset = 483
const extensionEntries = 21
const extensionIsExtendedOffset = 504
export const gnuEntryBytes = 24
const numberBytes = 12

/** What old GNU headers say of holes; `isExtended` means that another block of the map follows. */
export interface GnuMap {
  fragments: Fragment[]
  isExtended: boolean
}

export const gnuRealSize = (block: Buffer): number =>
  parseNumeric(block.subarray(realSizeOffset, realSizeOffset + numberBytes))

export const gnuHeaderMap = (block: Buffer): GnuMap => ({
  fragments: gnuEntries(block.subarray(mapOffset), mapEntries),
  isExtended: block[isExtendedOffset] !== 0,
})

export const gnuExtensionMap = (block: Buffer): GnuMap => ({
  fragments: gnuEntries(block, extensionEntries),
  isExtended: block[extensionIsExtendedOffset] !== 0,
})

function gnuEntries(bytes: Buffer, count: number): Fragment[] {
  const fragments: Fragment[] = []
  for (let at = 0; at < count * gnuEntryBytes && bytes[at] !== 0; at += gnuEntryBytes) {
    fragments.push({
      offset: parseNumeric(bytes.subarray(at, at + numberBytes)),
      sizeBytes: parseNumeric(bytes.subarray(at + numberBytes, at + gnuEntryBytes)),
    })
  }
  return fragments
}

/** Throws unless fragments are in order, apart, inside the file and together as long as what is stored. */
export function verifyFragments(fragments: readonly Fragment[], realSize: number, storedSize: number): void {
  let end = 0
  let stored = 0
  for (const { offset, sizeBytes } of fragments) {
    if (sizeBytes < 0 || offset < end || offset + sizeBytes > realSize)
      throw malformed('a sparse map is out of order')
    end = offset + sizeBytes
    stored += sizeBytes
  }
  if (realSize < 0 || stored !== storedSize) throw malformed('a sparse map does not fit the stored size')
}
