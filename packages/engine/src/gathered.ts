/** Pieces of at least `bytesMin` but for the last: many small ones cost more on their way than to copy. */
export async function* gathered(
  source: AsyncIterable<Uint8Array>,
  bytesMin: number,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of source) {
    pieces.push(piece)
    sizeBytes += piece.length
    if (sizeBytes < bytesMin) continue
    yield pieces.length === 1 ? piece : Buffer.concat(pieces, sizeBytes)
    pieces = []
    sizeBytes = 0
  }
  if (sizeBytes > 0) yield Buffer.concat(pieces, sizeBytes)
}
