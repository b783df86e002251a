/** Zlib streams that are told to fill chunks of at least this size from front to back and then take another. */
const chunkBytesMin = 1024 * 1024

/**
 * Frees the memory below a piece of a stream now, when the piece is all of it or ends a large chunk. Left to the collector,
 * pieces make it walk everything else for every 64 MB that pass: a quarter of the time of a large layer, and much of its
 * memory. Nobody may hold the piece, or an earlier one of the same chunk, any more.
 */
export function releaseMemory({ buffer, byteOffset, byteLength }: Uint8Array): void {
  const isAll = byteLength === buffer.byteLength
  const isEnd = buffer.byteLength >= chunkBytesMin && byteOffset + byteLength === buffer.byteLength
  if ((isAll || isEnd) && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
