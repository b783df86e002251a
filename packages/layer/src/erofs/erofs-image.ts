import type { DirectoryNode, FileNode, LayerNode } from '../tree/layer-node.ts'
import { chunkBlocks, type ChunkMap } from './chunks.ts'
import { writeDirectoryBlock } from './directory.ts'
import * as format from './format.ts'
import { contentBytes, planImage, type ImagePlan, type InodePlan } from './image-plan.ts'
import { ImageOutput } from './image-output.ts'

export interface ErofsOptions {
  /** Size of the tar that the image points into. */
  tarBytes: number
  /** 16 bytes that tell this layer from others; overlayfs looks at them. */
  uuid: Uint8Array
}

/**
 * The metadata-only EROFS image of a layer, piece by piece: its files' content is in the layer's tar, which is given at
 * mount as device 1. Undefined when EROFS cannot express the layer (see `planImage`).
 */
export function erofsImage(root: DirectoryNode, options: ErofsOptions): Iterable<Uint8Array> | undefined {
  const plan = planImage(root, options.tarBytes)
  return plan === undefined ? undefined : writeImage(root, plan, options.uuid)
}

function* writeImage(root: DirectoryNode, plan: ImagePlan, uuid: Uint8Array): Generator<Uint8Array> {
  const nidOf = (node: LayerNode): number => (plan.inodeOf.get(node)?.offset ?? 0) / format.slotBytes
  const out = new ImageOutput()
  out.put(
    0,
    format.superblock({
      rootNid: nidOf(root),
      inodes: plan.inodes.length,
      blocks: plan.blocks,
      xattrBlock: plan.xattrBlock,
      uuid,
      deviceBlocks: plan.tarBlocks,
    }),
  )
  for (const [index, inode] of plan.inodes.entries()) {
    putInode(out, inode, index + 1)
    if (inode.chunks && inode.node.type === 'file')
      yield* putChunks(out, inode, { file: inode.node, chunks: inode.chunks })
    else putInline(out, inode, nidOf)
    yield* out.take()
  }
  for (const inode of plan.inodes) {
    if (inode.dataBlock > 0) yield* putData(out, inode, nidOf)
  }
  out.put(plan.xattrBlock * format.blockBytes, plan.sharedXattrs)
  out.seek(plan.blocks * format.blockBytes, 0)
  yield* out.finish()
}

const typeBits: Readonly<Record<LayerNode['type'], number>> = {
  file: 0o100000,
  directory: 0o040000,
  'character-device': 0o020000,
  'block-device': 0o060000,
  fifo: 0o010000,
  symlink: 0o120000,
}

function putInode(out: ImageOutput, inode: InodePlan, number: number): void {
  const { node, xattrs, links } = inode
  const at = out.seek(inode.offset, format.inodeBytes)
  format.writeInode(out.bytes, at, {
    layout: layoutOf(inode),
    xattrBytes: xattrs.length,
    mode: typeBits[node.type] | node.mode,
    sizeBytes: node.type === 'file' ? node.sizeBytes : contentBytes(inode),
    union: unionOf(inode),
    number,
    uid: node.uid,
    gid: node.gid,
    mtimeSeconds: node.mtimeSeconds,
    mtimeNanoseconds: node.mtimeNanoseconds,
    links,
  })
  if (xattrs.length > 0) out.put(inode.offset + format.inodeBytes, xattrs)
}

function layoutOf(inode: InodePlan): number {
  if (inode.chunks) return format.dataLayouts.chunks
  return inode.inlineBytes > 0 ? format.dataLayouts.inline : format.dataLayouts.plain
}

function unionOf({ node, chunks, dataBlock }: InodePlan): number {
  if (chunks) return format.chunkFormat(chunks.bits)
  if (node.type === 'character-device' || node.type === 'block-device')
    return format.encodeDevice(node.major, node.minor)
  return dataBlock === 0 ? format.noBlock : dataBlock
}

function* putChunks(
  out: ImageOutput,
  inode: InodePlan,
  { file, chunks }: { file: FileNode; chunks: ChunkMap },
): Generator<Uint8Array> {
  const behind = inode.offset + format.inodeBytes + inode.xattrs.length
  let offset = Math.ceil(behind / format.chunkIndexBytes) * format.chunkIndexBytes
  for (const block of chunkBlocks(file, chunks)) {
    const at = out.seek(offset, format.chunkIndexBytes)
    format.writeChunkIndex(out.bytes, at, block)
    offset += format.chunkIndexBytes
    yield* out.take()
  }
}

type NidOf = (node: LayerNode) => number

function putInline(out: ImageOutput, inode: InodePlan, nidOf: NidOf): void {
  if (inode.inlineBytes === 0) return
  const at = out.seek(inode.offset + format.inodeBytes + inode.xattrs.length, inode.inlineBytes)
  putContent(out, inode, { index: Math.floor(contentBytes(inode) / format.blockBytes), at, nidOf })
}

function* putData(out: ImageOutput, inode: InodePlan, nidOf: NidOf): Generator<Uint8Array> {
  const blocks = Math.ceil((contentBytes(inode) - inode.inlineBytes) / format.blockBytes)
  for (let index = 0; index < blocks; index++) {
    const at = out.seek((inode.dataBlock + index) * format.blockBytes, format.blockBytes)
    putContent(out, inode, { index, at, nidOf })
    yield* out.take()
  }
}

/** Writes block `index` of a directory's or link target's content. */
function putContent(
  out: ImageOutput,
  { node, directory }: InodePlan,
  block: { index: number; at: number; nidOf: NidOf },
): void {
  const { index, at, nidOf } = block
  if (directory) writeDirectoryBlock(directory, index, { bytes: out.bytes, at, nidOf })
  else if (node.type === 'symlink') {
    out.bytes.write(
      node.target.slice(index * format.blockBytes, (index + 1) * format.blockBytes),
      at,
      'latin1',
    )
  }
}
