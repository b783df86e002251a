/** Name of the one file in the image. */
export const probeFileName = 'probe'

/** What the file holds: the one block of the device that the image points into. */
export const probeBlock = Buffer.alloc(512, 'berth probe ')

const blockBytes = 512
const blockBits = 9
const superblockAt = 1024
const deviceSlotAt = 1152
const metadataBlock = 4
const directoryBlock = 5
const imageBytes = 4096
const inode = { root: 0, file: 2 } as const
const layout = { plain: 0, chunks: 4 } as const
const fileTypes = { regular: 1, directory: 2 } as const
/** `chunked-file` and `device-table`, features that a kernel has to know. */
const incompatibleFeatures = 0x4 | 0x8
const chunksWithDevice = 0x20

/**
 * The least EROFS image that needs all that layers need: blocks of 512 bytes and a file whose content lies on a second
 * device. On-disk format: Linux, fs/erofs/erofs_fs.h.
 */
export function probeImage(): Buffer {
  const image = Buffer.alloc(imageBytes)
  writeSuperblock(image)
  writeInode(image, inode.root, {
    mode: 0o040755,
    layout: layout.plain,
    links: 2,
    sizeBytes: writeDirectory(image),
    place: directoryBlock,
  })
  writeInode(image, inode.file, {
    mode: 0o100644,
    layout: layout.chunks,
    links: 1,
    sizeBytes: probeBlock.length,
    place: chunksWithDevice,
  })
  const chunkAt = inodeAt(inode.file) + 64
  image.writeUInt16LE(1, chunkAt + 2)
  return image
}

function writeSuperblock(image: Buffer): void {
  image.writeUInt32LE(0xe0f5e1e2, superblockAt)
  image.writeUInt8(blockBits, superblockAt + 12)
  image.writeUInt16LE(inode.root, superblockAt + 14)
  image.writeBigUInt64LE(2n, superblockAt + 16)
  image.writeUInt32LE(imageBytes / blockBytes, superblockAt + 36)
  image.writeUInt32LE(metadataBlock, superblockAt + 40)
  image.writeUInt32LE(incompatibleFeatures, superblockAt + 80)
  image.writeUInt16LE(1, superblockAt + 86)
  image.writeUInt16LE(deviceSlotAt / 128, superblockAt + 88)
  image.writeUInt32LE(probeBlock.length / blockBytes, deviceSlotAt + 64)
}

interface InodeFields {
  mode: number
  layout: number
  links: number
  sizeBytes: number
  /** First block, or how the chunks are written. */
  place: number
}

const inodeAt = (nid: number): number => metadataBlock * blockBytes + nid * 32

function writeInode(image: Buffer, nid: number, fields: InodeFields): void {
  const at = inodeAt(nid)
  image.writeUInt16LE(1 | (fields.layout << 1), at)
  image.writeUInt16LE(fields.mode, at + 4)
  image.writeBigUInt64LE(BigInt(fields.sizeBytes), at + 8)
  image.writeUInt32LE(fields.place, at + 16)
  image.writeUInt32LE(nid + 1, at + 20)
  image.writeUInt32LE(fields.links, at + 44)
}

/** Returns the bytes that the entries take. */
function writeDirectory(image: Buffer): number {
  const entries = [
    { name: '.', nid: inode.root, type: fileTypes.directory },
    { name: '..', nid: inode.root, type: fileTypes.directory },
    { name: probeFileName, nid: inode.file, type: fileTypes.regular },
  ]
  const at = directoryBlock * blockBytes
  let nameAt = entries.length * 12
  for (const [index, { name, nid, type }] of entries.entries()) {
    const entryAt = at + index * 12
    image.writeBigUInt64LE(BigInt(nid), entryAt)
    image.writeUInt16LE(nameAt, entryAt + 8)
    image.writeUInt8(type, entryAt + 10)
    nameAt += image.write(name, at + nameAt)
  }
  return nameAt
}
