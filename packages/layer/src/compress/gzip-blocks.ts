import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw, type ZlibOptions } from 'node:zlib'

/** As far as deflate looks back. */
const windowBytes = 32 * 1024
const blockBytes = 128 * 1024
/** Room for a block that does not shrink: one turn on the other thread is enough for each. */
const chunkSize = blockBytes + 4 * 1024
const blocksAtOnce = availableParallelism()

/** RFC 1952: deflate, no flags, no time, no extra flags, Unix. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
/** A last block of nothing, for every block before it says that more follows. */
const lastBlock = Buffer.from([3, 0])

const sampleBytes = 2 * 1024
const samples = 4
/** Of its size: what samples shrink to when the whole is not worth the time. */
const incompressible = 0.95

const deflate = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw)

/**
 * Compresses to one gzip member, some blocks at once on other threads: each begins with the window that the one before
 * leaves, and ends at a byte. Blocks that do not shrink, as of archives and pictures, are stored. The result depends on
 * the bytes alone: not on their pieces, the time or the machine.
 */
export async function* gzipBlocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield header
  let crc = 0
  let sizeBytes = 0
  let dictionary: Uint8Array | undefined
  const compressing: Promise<Buffer>[] = []
  for await (const block of cutBlocks(body)) {
    crc = crc32(block, crc)
    sizeBytes += block.length
    compressing.push(compress(block, dictionary))
    dictionary = block.subarray(-windowBytes)
    if (compressing.length >= blocksAtOnce) yield (await compressing.shift()) as Buffer
  }
  for (const compressed of compressing) yield await compressed
  yield Buffer.concat([lastBlock, trailer(crc, sizeBytes)])
}

/** Not awaited at once; whoever leaves early does not ask how it went. */
function compress(block: Uint8Array, dictionary: Uint8Array | undefined): Promise<Buffer> {
  const compressed = deflateBlock(block, dictionary)
  compressed.catch(() => undefined)
  return compressed
}

async function deflateBlock(block: Uint8Array, dictionary: Uint8Array | undefined): Promise<Buffer> {
  const isWorthIt = await shrinks(block)
  return deflate(block, {
    level: isWorthIt ? constants.Z_DEFAULT_COMPRESSION : constants.Z_NO_COMPRESSION,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize,
    ...(dictionary ? { dictionary } : {}),
  })
}

/** Finds out from samples of a large block. */
async function shrinks(block: Uint8Array): Promise<boolean> {
  const distance = Math.floor(block.length / samples)
  if (distance < 4 * sampleBytes) return true
  const starts = Array.from({ length: samples }, (_, index) => index * distance)
  const sample = Buffer.concat(starts.map((start) => block.subarray(start, start + sampleBytes)))
  const compressed = await deflate(sample, { level: constants.Z_BEST_SPEED })
  return compressed.length < sample.length * incompressible
}

async function* cutBlocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafe(blockBytes)
  let filled = 0
  for await (const piece of body) {
    for (let start = 0; start < piece.length;) {
      const part = piece.subarray(start, start + blockBytes - filled)
      block.set(part, filled)
      start += part.length
      filled += part.length
      if (filled < blockBytes) continue
      yield block
      block = Buffer.allocUnsafe(blockBytes)
      filled = 0
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}

function trailer(crc: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(crc, 0)
  bytes.writeUInt32LE(sizeBytes % 2 ** 32, 4)
  return bytes
}
