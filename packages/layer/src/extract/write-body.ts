import { ftruncateSync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { FileNode } from '../tree/layer-node.ts'

const writeAsync = promisify(write)
/** Below this the way to a thread and back takes longer than the write. */
const syncBytesMax = 64 * 1024

/** Writes a file's stored bytes into `fd` as they come, holes as holes. */
export async function writeBody(
  fd: number,
  { sizeBytes, fragments }: Pick<FileNode, 'sizeBytes' | 'fragments'>,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const ranges = [...(fragments ?? [{ offset: 0, sizeBytes }])]
  for await (const piece of body) {
    for (let taken = 0; taken < piece.length;) {
      const range = ranges[0]
      if (!range) break
      const part = piece.subarray(taken, taken + range.sizeBytes)
      await writeAll(fd, part, range.offset)
      taken += part.length
      ranges[0] = { offset: range.offset + part.length, sizeBytes: range.sizeBytes - part.length }
      if (part.length === range.sizeBytes) ranges.shift()
    }
  }
  if (fragments) ftruncateSync(fd, sizeBytes)
}

async function writeAll(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const left = bytes.length - done
    done +=
      left <= syncBytesMax
        ? writeSync(fd, bytes, done, left, position + done)
        : (await writeAsync(fd, bytes, done, left, position + done)).bytesWritten
  }
}
