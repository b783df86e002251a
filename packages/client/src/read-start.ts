import type { Readable } from 'node:stream'

const bytesMax = 4096

/** The beginning of what a program says; the rest is read and dropped, so that it never waits for a reader. */
export async function readStart(stream: Readable): Promise<string> {
  const kept: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < bytesMax) kept.push(chunk.subarray(0, bytesMax - size))
    size += chunk.length
  }
  return Buffer.concat(kept).toString()
}
