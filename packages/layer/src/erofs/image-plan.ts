import { tarBlockBytes } from '../tar/tar-entry.ts'
import type { DirectoryNode, FileNode, LayerNode } from '../tree/layer-node.ts'
import { chunkMap, type ChunkMap } from './chunks.ts'
import { planDirectory, type Dirent, type DirectoryPlan } from './directory.ts'
import { blockBytes, blocksMax, chunkIndexBytes, firstInodeOffset, inodeBytes, slotBytes } from './format.ts'
import { XattrTable } from './xattr-table.ts'

/** Where one inode stands in the image. */
export interface InodePlan {
  node: LayerNode
  links: number
  offset: number
  xattrs: Buffer
  chunks?: ChunkMap
  directory?: DirectoryPlan
  /** First block of content that is not inline; 0 when all is. */
  dataBlock: number
  /** Bytes of content right behind the inode: what is left of a directory or link target over whole blocks. */
  inlineBytes: number
}

/** An image before it is written: inodes in order of their offset, then data blocks, then shared attributes. */
export interface ImagePlan {
  inodes: InodePlan[]
  inodeOf: Map<LayerNode, InodePlan>
  sharedXattrs: Buffer
  xattrBlock: number
  blocks: number
  tarBlocks: number
}

/**
 * Lays a layer out as EROFS. Undefined when the format cannot express it: an attribute value of 64 KiB or attributes
 * above 256 KiB together, a sparse file whose holes are not on block boundaries or too scattered, a tar of 2 TiB or
 * without its last padding.
 */
export function planImage(root: DirectoryNode, tarBytes: number): ImagePlan | undefined {
  const tarBlocks = tarBytes / tarBlockBytes
  if (!Number.isInteger(tarBlocks) || tarBlocks > blocksMax) return undefined
  const inodeOf = collectInodes(root)
  const inodes = [...inodeOf.values()]
  const table = new XattrTable()
  if (!inodes.every(({ node }) => table.add(node))) return undefined
  let offset = firstInodeOffset
  for (const inode of inodes) {
    const xattrs = table.inodeBody(inode.node)
    if (xattrs === undefined) return undefined
    inode.xattrs = xattrs
    if (!planContent(inode)) return undefined
    offset = placeInode(inode, offset)
  }
  const xattrBlock = placeData(inodes, Math.ceil(offset / blockBytes))
  const sharedXattrs = table.sharedArea()
  const blocks = xattrBlock + Math.ceil(sharedXattrs.length / blockBytes)
  return blocks > blocksMax ? undefined : { inodes, inodeOf, sharedXattrs, xattrBlock, blocks, tarBlocks }
}

/** All inodes, a directory before what is in it, with their link counts. */
function collectInodes(root: DirectoryNode): Map<LayerNode, InodePlan> {
  const inodes = new Map<LayerNode, InodePlan>()
  const pending: { node: LayerNode; parent: DirectoryNode }[] = [{ node: root, parent: root }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, parent } = next
    const known = inodes.get(node)
    if (known) known.links++
    else if (node.type === 'directory') {
      const inode = newInode(node)
      inode.directory = planDirectory(direntsOf(node, parent))
      inodes.set(node, inode)
      for (const child of node.children.values()) {
        if (child.type === 'directory') inode.links++
        pending.push({ node: child, parent: node })
      }
    } else inodes.set(node, newInode(node))
  }
  return inodes
}

const noXattrs = Buffer.alloc(0)
const newInode = (node: LayerNode): InodePlan => ({
  node,
  links: node.type === 'directory' ? 2 : 1,
  offset: 0,
  xattrs: noXattrs,
  dataBlock: 0,
  inlineBytes: 0,
})

function direntsOf(directory: DirectoryNode, parent: DirectoryNode): Dirent[] {
  const dirents: Dirent[] = [
    { name: '.', node: directory },
    { name: '..', node: parent },
  ]
  for (const [name, node] of directory.children) dirents.push({ name, node })
  return dirents
}

function planContent(inode: InodePlan): boolean {
  const { node } = inode
  if (node.type === 'file' && node.sizeBytes > 0) return planChunks(inode, node)
  const tail = contentBytes(inode) % blockBytes
  const start = (inodeBytes + inode.xattrs.length) % slotBytes
  inode.inlineBytes = tail + start <= blockBytes ? tail : 0
  return true
}

function planChunks(inode: InodePlan, file: FileNode): boolean {
  const chunks = chunkMap(file)
  if (chunks) inode.chunks = chunks
  return chunks !== undefined
}

/** Size of content that the image itself holds. */
export function contentBytes({ node, directory }: InodePlan): number {
  if (directory) return directory.sizeBytes
  return node.type === 'symlink' ? node.target.length : 0
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit

/** Sets the inode's offset, the first at or after `from` where its inline content stays in one block; returns what is behind. */
function placeInode(inode: InodePlan, from: number): number {
  inode.offset = roundUp(from, slotBytes)
  const start = inodeBytes + inode.xattrs.length
  if (inode.chunks)
    return roundUp(inode.offset + start, chunkIndexBytes) + inode.chunks.count * chunkIndexBytes
  while (((inode.offset + start) % blockBytes) + inode.inlineBytes > blockBytes) inode.offset += slotBytes
  return inode.offset + start + inode.inlineBytes
}

function placeData(inodes: readonly InodePlan[], firstBlock: number): number {
  let block = firstBlock
  for (const inode of inodes) {
    const blocks = Math.ceil((contentBytes(inode) - inode.inlineBytes) / blockBytes)
    if (blocks === 0) continue
    inode.dataBlock = block
    block += blocks
  }
  return block
}
