import { CodedError } from '@berth/stdx'
import type { ByteString } from '../tar/tar-entry.ts'

/**
 * Structures of EROFS on disk, little-endian, as docs/erofs.md describes them. Kernel sources: fs/erofs/erofs_fs.h;
 * https://erofs.docs.kernel.org/en/latest/ondisk/core_ondisk.html
 */
export const blockBytes = 512
const blockBits = 9
/** Inodes are addressed by this unit: the number of an inode is its byte offset divided by it. */
export const slotBytes = 32
export const inodeBytes = 64
export const chunkIndexBytes = 8
export const direntBytes = 12
/** A hole among chunk indexes, and "no block" elsewhere. */
export const noBlock = 0xffffffff
export const blocksMax = 0xfffffffe

const superblockOffset = 1024
const superblockBytes = 128
const deviceSlotBytes = 128
const deviceSlotOffset = superblockOffset + superblockBytes
export const firstInodeOffset = deviceSlotOffset + deviceSlotBytes

const magic = 0xe0f5e1e2
const incompatChunkedFile = 0x4
const incompatDeviceTable = 0x8

export interface Superblock {
  rootNid: number
  inodes: number
  blocks: number
  xattrBlock: number
  /** 16 bytes. */
  uuid: Uint8Array
  deviceBlocks: number
}

/** The first bytes of an image, up to `firstInodeOffset`: superblock and a table of one device, the tar. */
export function superblock(fields: Superblock): Buffer {
  const bytes = Buffer.alloc(firstInodeOffset)
  const block = bytes.subarray(superblockOffset)
  block.writeUInt32LE(magic, 0)
  block[12] = blockBits
  block.writeUInt16LE(fields.rootNid, 14)
  block.writeBigUInt64LE(BigInt(fields.inodes), 16)
  block.writeUInt32LE(fields.blocks, 36)
  block.writeUInt32LE(0, 40)
  block.writeUInt32LE(fields.xattrBlock, 44)
  block.set(fields.uuid, 48)
  block.writeUInt32LE(incompatChunkedFile | incompatDeviceTable, 80)
  block.writeUInt16LE(1, 86)
  block.writeUInt16LE(deviceSlotOffset / deviceSlotBytes, 88)
  bytes.writeUInt32LE(fields.deviceBlocks, deviceSlotOffset + 64)
  return bytes
}

export const dataLayouts = { plain: 0, inline: 2, chunks: 4 } as const
const extendedInode = 1

export interface InodeFields {
  layout: number
  /** Bytes of the attributes behind the inode; 0 or at least 16. */
  xattrBytes: number
  mode: number
  sizeBytes: number
  /** First data block, device number or chunk format, as the layout and type say. */
  union: number
  number: number
  uid: number
  gid: number
  mtimeSeconds: number
  mtimeNanoseconds: number
  links: number
}

/** Writes an extended inode (64 bytes). */
export function writeInode(bytes: Buffer, at: number, inode: InodeFields): void {
  bytes.writeUInt16LE(extendedInode | (inode.layout << 1), at)
  bytes.writeUInt16LE(inode.xattrBytes === 0 ? 0 : (inode.xattrBytes - xattrHeaderBytes) / 4 + 1, at + 2)
  bytes.writeUInt16LE(inode.mode, at + 4)
  write64(bytes, at + 8, inode.sizeBytes)
  bytes.writeUInt32LE(inode.union, at + 16)
  bytes.writeUInt32LE(inode.number, at + 20)
  bytes.writeUInt32LE(inode.uid, at + 24)
  bytes.writeUInt32LE(inode.gid, at + 28)
  write64(bytes, at + 32, inode.mtimeSeconds)
  bytes.writeUInt32LE(inode.mtimeNanoseconds, at + 40)
  bytes.writeUInt32LE(inode.links, at + 44)
}

/** A safe integer as 64 bits of two's complement; BigInt would be the slowest part of the image. */
export function write64(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value >>> 0, at)
  bytes.writeInt32LE(Math.floor(value / 2 ** 32), at + 4)
}

const chunkFormatIndexes = 0x20
/** `bits`: a chunk is 2^bits blocks. */
export const chunkFormat = (bits: number): number => chunkFormatIndexes | bits

/** The tar, as chunk indexes name it; 0 is the image itself. */
const tarDevice = 1

export function writeChunkIndex(bytes: Buffer, at: number, block: number): void {
  bytes.writeUInt16LE(tarDevice, at + 2)
  bytes.writeUInt32LE(block, at + 4)
}

/** Device numbers as the kernel's new_encode_dev has them. */
export const encodeDevice = (major: number, minor: number): number =>
  ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0

export const xattrHeaderBytes = 12
const xattrEntryBytes = 4
/** The 16-bit count of an inode bounds all its attributes; each value has a 16-bit size. */
export const xattrBytesMax = xattrHeaderBytes + 4 * 0xfffe
const xattrValueBytesMax = 0xffff
export const sharedXattrsMax = 0xff

const xattrPrefixes: readonly [index: number, prefix: string][] = [
  [1, 'user.'],
  [2, 'system.posix_acl_access'],
  [3, 'system.posix_acl_default'],
  [4, 'trusted.'],
  [6, 'security.'],
]

const xattrPrefix = (name: ByteString): (typeof xattrPrefixes)[number] | undefined =>
  xattrPrefixes.find(([, prefix]) => name.startsWith(prefix))

/** False where the format has no place for an attribute. */
export const hasXattrEntry = (name: ByteString, value: ByteString): boolean =>
  xattrPrefix(name) !== undefined && value.length <= xattrValueBytesMax

/** One attribute as it stands inline and in the shared area. Throws `internal` where the format has no place for it. */
export function xattrEntry(name: ByteString, value: ByteString): Buffer {
  const known = xattrPrefix(name)
  if (!known) throw new CodedError('internal', 'Cannot place an attribute in an EROFS image')
  const [index, prefix] = known
  const suffix = name.slice(prefix.length)
  const entry = Buffer.alloc(Math.ceil((xattrEntryBytes + suffix.length + value.length) / 4) * 4)
  entry[0] = suffix.length
  entry[1] = index
  entry.writeUInt16LE(value.length, 2)
  entry.write(suffix + value, xattrEntryBytes, 'latin1')
  return entry
}
