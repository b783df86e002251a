import type { FileHandle } from 'node:fs/promises'

/** Large enough that a hash or a socket, and not the round trip to the thread pool, sets the pace. */
const chunkBytes = 1024 * 1024

/** The bytes of an open file from `start` to where it ends. Each chunk belongs to the reader. */
export async function* readFileChunks(
  file: FileHandle,
  start: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { size } = await file.stat()
  let position = start
  while (position < size) {
    signal?.throwIfAborted()
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size - position))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
