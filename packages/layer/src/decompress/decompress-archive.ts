import { layerLimitsDefault, LimitedSize } from '../layer-limits.ts'
import { decompress, type DecompressOptions } from './decompress.ts'

/** As `decompress`, of a file that people hand over: throws `invalid-argument` when it expands more than a layer may. */
export async function* decompressArchive(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const size = new LimitedSize(layerLimitsDefault, 'archive')
  for await (const piece of decompress(counted(source, size), options)) {
    size.addWritten(piece.length)
    yield piece
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, size: LimitedSize): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    size.addRead(piece.length)
    yield piece
  }
}
