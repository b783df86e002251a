import { decompressArchive } from './decompress-archive.ts'
import { prepend, readHead } from './decompress.ts'
import { detectCompression, isThreaded } from './file-compression.ts'

/**
 * What a layer blob can be made of: `source` itself, or its uncompressed bytes where it is compressed in a way that no
 * media type names.
 */
export async function* withoutUnnamedCompression(
  source: AsyncIterable<Uint8Array>,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const head = await readHead(iterator)
  const compression = detectCompression(head)
  const whole = prepend(head, iterator)
  yield* isThreaded(compression) ? decompressArchive(whole, { ...options, compression }) : whole
}
