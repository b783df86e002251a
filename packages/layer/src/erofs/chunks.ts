import type { FileNode } from '../tree/layer-node.ts'
import { blockBytes, noBlock } from './format.ts'

/** A file as equal chunks of 2^bits blocks, each a run of blocks in the tar or a hole. */
export interface ChunkMap {
  bits: number
  count: number
}

const bitsMax = 31
/** 8 MiB of indexes; a sparse file that needs more is not worth its index. */
const chunksMax = 1024 * 1024

/** How a file with content is cut up; undefined when its holes do not lie on block boundaries, or need too many chunks. */
export function chunkMap(file: FileNode): ChunkMap | undefined {
  const blocks = Math.ceil(file.sizeBytes / blockBytes)
  const whole = Math.min(bitsMax, Math.ceil(Math.log2(blocks)))
  const bits = file.fragments === undefined ? whole : Math.min(whole, alignmentBits(file))
  if (bits < 0 || file.bodyOffset % blockBytes !== 0) return undefined
  const count = Math.ceil(blocks / 2 ** bits)
  return count > chunksMax ? undefined : { bits, count }
}

/** The largest power of two, in blocks, that divides where stored pieces start and end; negative when it is below one. */
function alignmentBits({ fragments = [], sizeBytes }: FileNode): number {
  let bits = bitsMax
  for (const fragment of fragments) {
    if (fragment.sizeBytes === 0) continue
    const end = fragment.offset + fragment.sizeBytes
    bits = Math.min(bits, blockBitsOf(fragment.offset), end === sizeBytes ? bitsMax : blockBitsOf(end))
  }
  return bits
}

function blockBitsOf(bytes: number): number {
  if (bytes % blockBytes !== 0) return -1
  let bits = 0
  for (let blocks = bytes / blockBytes; blocks !== 0 && blocks % 2 === 0 && bits < bitsMax; blocks /= 2)
    bits++
  return bytes === 0 ? bitsMax : bits
}

/** The tar's block behind each chunk, in order. */
export function* chunkBlocks(file: FileNode, { bits, count }: ChunkMap): Generator<number> {
  const chunkBytes = blockBytes * 2 ** bits
  const fragments = file.fragments ?? [{ offset: 0, sizeBytes: file.sizeBytes }]
  let index = 0
  let stored = file.bodyOffset
  for (let chunk = 0; chunk < count; chunk++) {
    const offset = chunk * chunkBytes
    for (
      let done = fragments[index];
      done && done.offset + done.sizeBytes <= offset;
      done = fragments[++index]
    )
      stored += done.sizeBytes
    const fragment = fragments[index]
    yield fragment && fragment.offset <= offset ? (stored + offset - fragment.offset) / blockBytes : noBlock
  }
}
