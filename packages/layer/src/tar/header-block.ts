import { malformed } from './malformed.ts'
import { parseNumeric, parseOctal, parseText } from './numbers.ts'

/** A header block as it stands, before extensions. */
export interface HeaderBlock {
  typeFlag: string
  name: string
  linkName: string
  mode: number
  uid: number
  gid: number
  size: number
  mtimeSeconds: number
  major: number
  minor: number
  isGnu: boolean
}

/** Fields of the header block: POSIX.1-2017 pax, "ustar Interchange Format", and GNU tar's manual, "Basic Tar Format". */
const fields = {
  name: [0, 100],
  mode: [100, 108],
  uid: [108, 116],
  gid: [116, 124],
  size: [124, 136],
  mtime: [136, 148],
  checksum: [148, 156],
  linkName: [157, 257],
  magic: [257, 265],
  major: [329, 337],
  minor: [337, 345],
  prefix: [345, 500],
  starPrefix: [345, 476],
  starTrailer: [508, 512],
} as const

const field = (block: Buffer, name: keyof typeof fields): Buffer =>
  block.subarray(fields[name][0], fields[name][1])
const typeFlagOffset = 156
const ustarMagic = 'ustar\0'
const gnuMagic = 'ustar  \0'
const starTrailer = 'tar\0'
/** For what is no tar at all: it fails by its first checksum. */
const hint = 'An archive is a tar: plain, or compressed with gzip, zstd, xz or bzip2.'

/** Returns the header in `block` (512 bytes), or throws when its checksum or a number is wrong. */
export function parseHeaderBlock(block: Buffer): HeaderBlock {
  verifyChecksum(block)
  const magic = field(block, 'magic').toString('latin1')
  const isGnu = magic === gnuMagic
  const isUstar = magic.startsWith(ustarMagic)
  const prefix = isUstar ? ustarPrefix(block) : ''
  const name = parseText(field(block, 'name'))
  return {
    typeFlag: String.fromCharCode(block[typeFlagOffset] ?? 0),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: parseText(field(block, 'linkName')),
    mode: parseNumeric(field(block, 'mode')),
    uid: parseNumeric(field(block, 'uid')),
    gid: parseNumeric(field(block, 'gid')),
    size: parseNumeric(field(block, 'size')),
    mtimeSeconds: parseNumeric(field(block, 'mtime')),
    major: isGnu || isUstar ? parseNumeric(field(block, 'major')) : 0,
    minor: isGnu || isUstar ? parseNumeric(field(block, 'minor')) : 0,
    isGnu,
  }
}

function ustarPrefix(block: Buffer): string {
  const isStar = field(block, 'starTrailer').toString('latin1') === starTrailer
  return parseText(field(block, isStar ? 'starPrefix' : 'prefix'))
}

/** The sum of a header's bytes with the checksum's own field as spaces. Old programs summed signed bytes; both count. */
function verifyChecksum(block: Buffer): void {
  const own = field(block, 'checksum')
  const given = parseChecksum(own)
  const sum = sumBytes(block) - sumBytes(own) + own.length * 0x20
  if (given === sum) return
  const signed = sum - 256 * (countNegatives(block) - countNegatives(own))
  if (given !== signed) throw malformed('a header has a wrong checksum', { hint })
}

function parseChecksum(own: Buffer): number {
  try {
    return parseOctal(own)
  } catch {
    throw malformed('a header has no checksum', { hint })
  }
}

function sumBytes(bytes: Buffer): number {
  let sum = 0
  // Every header passes here: iterating takes twice as long.
  for (let index = 0; index < bytes.length; index++) sum += bytes[index] ?? 0
  return sum
}

const countNegatives = (bytes: Buffer): number => bytes.filter((byte) => byte > 0x7f).length

export const isZeroBlock = (block: Buffer): boolean => block[0] === 0 && block.every((byte) => byte === 0)
