import { chunkBytes } from './decompress/decompress.ts'

/**
 * Frees the memory below a piece of a stream now, when the piece ends it: streams fill one chunk from front to back and
 * then take another. Left to the collector, chunks make it walk the whole tree of the layer for every 64 MB that pass,
 * which takes a quarter of the time. Nobody may hold the piece, or an earlier one of the same chunk, any more.
 */
export function releaseMemory({ buffer, byteOffset, byteLength }: Uint8Array): void {
  const isLast = byteOffset + byteLength === buffer.byteLength
  if (isLast && buffer.byteLength === chunkBytes && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
