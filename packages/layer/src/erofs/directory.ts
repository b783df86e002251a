import type { ByteString } from '../tar/tar-entry.ts'
import type { LayerNode } from '../tree/layer-node.ts'
import { blockBytes, direntBytes, write64 } from './format.ts'

/** One name in a directory. */
export interface Dirent {
  name: ByteString
  node: LayerNode
}

/**
 * Names sorted by bytes with `.` and `..` in their places, cut into blocks: each block holds its entries, then their
 * names. `ends` are the indexes behind each block's last entry.
 */
export interface DirectoryPlan {
  dirents: Dirent[]
  ends: number[]
  sizeBytes: number
}

export function planDirectory(dirents: Dirent[]): DirectoryPlan {
  dirents.sort((a, b) => (a.name < b.name ? -1 : 1))
  const ends: number[] = []
  let used = 0
  for (const [index, { name }] of dirents.entries()) {
    const bytes = direntBytes + name.length
    if (used + bytes > blockBytes) {
      ends.push(index)
      used = 0
    }
    used += bytes
  }
  ends.push(dirents.length)
  return { dirents, ends, sizeBytes: (ends.length - 1) * blockBytes + used }
}

/** Values of `file_type`: the kernel's FT_*. */
const fileTypes: Readonly<Record<LayerNode['type'], number>> = {
  file: 1,
  directory: 2,
  'character-device': 3,
  'block-device': 4,
  fifo: 5,
  symlink: 7,
}

/** Writes block `index` of a directory at `at`; the bytes there are zero. */
export function writeDirectoryBlock(
  plan: DirectoryPlan,
  index: number,
  out: { bytes: Buffer; at: number; nidOf: (node: LayerNode) => number },
): void {
  const start = index === 0 ? 0 : (plan.ends[index - 1] ?? 0)
  const end = plan.ends[index] ?? start
  let nameOffset = (end - start) * direntBytes
  for (let entry = start, at = out.at; entry < end; entry++, at += direntBytes) {
    const dirent = plan.dirents[entry]
    if (!dirent) break
    write64(out.bytes, at, out.nidOf(dirent.node))
    out.bytes.writeUInt16LE(nameOffset, at + 8)
    out.bytes[at + 10] = fileTypes[dirent.node.type]
    out.bytes.write(dirent.name, out.at + nameOffset, 'latin1')
    nameOffset += dirent.name.length
  }
}
