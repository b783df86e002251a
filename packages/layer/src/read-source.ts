import { open } from 'node:fs/promises'
import { magicBytes } from './decompress/file-compression.ts'
import { LentMemory } from './lent-memory.ts'
import type { SourceGrowth } from './source-growth.ts'

/** Two of them are held by each thread. */
const pieceBytes = 512 * 1024

export interface Source {
  path: string
  /** Of a file that is still written. */
  growth?: SourceGrowth | undefined
  signal?: AbortSignal | undefined
}

/** The bytes of a file from its beginning, also while it grows, in lent pieces. */
export async function* readSource({ path, growth, signal }: Source): AsyncGenerator<Uint8Array> {
  await using file = await open(path, 'r')
  const memory = new LentMemory(pieceBytes)
  let position = 0
  for (;;) {
    const size = growth ? await growth.beyond(position, signal) : (await file.stat()).size
    if (size <= position) return
    while (position < size) {
      const length = Math.min(pieceBytes, size - position)
      const { bytesRead, buffer } = await file.read(memory.next(), 0, length, position)
      if (bytesRead === 0) return
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
}

/** The first bytes, as many as tell how a file is compressed. */
export async function readHead({ path, growth, signal }: Source): Promise<Uint8Array> {
  if (growth) await waitFor(magicBytes, growth, signal)
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(magicBytes), 0, magicBytes, 0)
  return buffer.subarray(0, bytesRead)
}

/** Also returns when the end comes first. */
async function waitFor(bytes: number, growth: SourceGrowth, signal: AbortSignal | undefined): Promise<void> {
  let size = 0
  let before = -1
  while (size < bytes && size !== before) {
    before = size
    size = await growth.beyond(size, signal)
  }
}
