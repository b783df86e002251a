import type { FileHandle } from 'node:fs/promises'

/** Large enough that a hash or a socket, and not the round trip to the thread pool, sets the pace. */
const chunkBytes = 1024 * 1024

/**
 * The bytes of an open file from `start` to where it ends. Each chunk belongs to the reader; the next one is read while
 * it is at work.
 */
export async function* readFileChunks(
  file: FileHandle,
  start: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { size } = await file.stat()
  let position = start
  let reading = readChunk(file, position, size)
  try {
    for (let chunk = await reading; chunk.length > 0; chunk = await reading) {
      signal?.throwIfAborted()
      position += chunk.length
      reading = readChunk(file, position, size)
      // Awaited when the reader comes back; a failure until then is not unhandled.
      reading.catch(() => undefined)
      yield chunk
    }
  } finally {
    // Whoever opened the file closes it now.
    await Promise.allSettled([reading])
  }
}

async function readChunk(file: FileHandle, position: number, end: number): Promise<Uint8Array> {
  const length = Math.min(chunkBytes, end - position)
  if (length <= 0) return Buffer.alloc(0)
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
