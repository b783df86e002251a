import { read, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { chunkBytes } from '../decompress/decompress.ts'

const readAsync = promisify(read)
/** Below this the way to a thread and back takes longer than the read. */
const syncBytesMax = 64 * 1024

/**
 * The first `sizeBytes` of an open file. What a file that was cut meanwhile no longer has reads as zeros, so that an
 * archive whose header is already out stays whole.
 */
export async function* fileBody(fd: number, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < sizeBytes;) {
    const chunk = takeMemory(Math.min(chunkBytes, sizeBytes - position))
    const bytesRead =
      sizeBytes <= syncBytesMax
        ? readSync(fd, chunk, 0, chunk.length, position)
        : (await readAsync(fd, chunk, 0, chunk.length, position)).bytesRead
    if (bytesRead === 0) chunk.fill(0)
    yield bytesRead === 0 ? chunk : chunk.subarray(0, bytesRead)
    position += bytesRead || chunk.length
  }
}

let slab = Buffer.alloc(0)

/** Small pieces are cut from a larger one: memory of its own for each would cost more than to read it. */
function takeMemory(sizeBytes: number): Buffer {
  if (sizeBytes > syncBytesMax) return Buffer.allocUnsafeSlow(sizeBytes)
  if (slab.length < sizeBytes) slab = Buffer.allocUnsafeSlow(chunkBytes)
  const memory = slab.subarray(0, sizeBytes)
  slab = slab.subarray(sizeBytes)
  return memory
}
