import type { Compression } from '@berth/oci'
import { CodedError, isCoded, messageOf, systemCode } from '@berth/stdx'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'

/** Node's default chunks of 16 and 64 KiB halve the speed. */
export const chunkBytes = 1024 * 1024

export interface DecompressOptions {
  /** `auto` looks at the first bytes. */
  compression: Compression | 'auto'
  signal?: AbortSignal
}

/**
 * The uncompressed bytes of `source`. Gzip members and zstd frames may follow each other, skippable frames are passed
 * over; anything else behind the end is an error. Throws `data-loss` for a stream that was cut off and
 * `invalid-argument` for one that is no such stream, or is told by its first bytes to be of a kind that is not read.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const head = await readHead(iterator)
  if (options.compression === 'auto') refuseUnread(head)
  const compression = options.compression === 'auto' ? detectCompression(head) : options.compression
  const whole = prepend(head, iterator)
  if (compression === 'none') yield* whole
  else yield* decode(whole, compression, options.signal)
}

const gzipMagic = Buffer.from([0x1f, 0x8b])
const zstdMagic = 0xfd2fb528
/** Frames of user data that a decoder passes over (RFC 8878, section 3.1.2): 16 magics that differ in the low bits. */
const zstdSkippableMagic = 0x184d2a50
/** As many bytes as every magic here fits in. */
export const magicBytes = 10

/** How bytes that start with `head` are compressed; `none` when no magic is known. */
export function detectCompression(head: Uint8Array): Compression {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  if (bytes.subarray(0, gzipMagic.length).equals(gzipMagic)) return 'gzip'
  if (bytes.length < magicBytes) return 'none'
  const magic = bytes.readUInt32LE(0)
  return magic === zstdMagic || (magic & 0xfffffff0) >>> 0 === zstdSkippableMagic ? 'zstd' : 'none'
}

/** First bytes of what other tools make and nothing here reads. */
const unreadMagics = [
  { name: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((level) => ({
    name: 'bzip2',
    magic: Buffer.from(`BZh${level}1AY&SY`),
  })),
]

function refuseUnread(head: Uint8Array): void {
  const found = unreadMagics.find(({ magic }) => magic.equals(head.subarray(0, magic.length)))
  if (!found) return
  throw new CodedError('invalid-argument', `Cannot decompress ${found.name}: only gzip and zstd are read`, {
    hint: `Decompress it first: ${found.name} -dc FILE.`,
  })
}

async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = Buffer.alloc(0)
  while (head.length < magicBytes) {
    const next = await iterator.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return head
}

async function* prepend(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

async function* decode(
  source: AsyncIterable<Uint8Array>,
  compression: Exclude<Compression, 'none'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const decoder = createDecoder(compression)
  const flowing = pipeline(
    Readable.from(source, { objectMode: false, highWaterMark: chunkBytes }),
    decoder,
    signal ? { signal } : {},
  )
  // Its failure also ends the iteration below, where it is thrown.
  flowing.catch(() => {})
  try {
    for await (const piece of decoder) yield piece as Uint8Array
    await flowing
  } catch (error) {
    throw decodeError(error, compression)
  } finally {
    decoder.destroy()
  }
}

function createDecoder(compression: Exclude<Compression, 'none'>): Transform {
  const options = { chunkSize: chunkBytes, readableHighWaterMark: 2 * chunkBytes }
  // Gunzip looks for further members and refuses what is none; told to reject garbage, it would reject them too.
  return compression === 'gzip'
    ? createGunzip(options)
    : createZstdDecompress({ ...options, rejectGarbageAfterEnd: true })
}

function decodeError(error: unknown, compression: string): unknown {
  const code = systemCode(error) ?? ''
  const isDecoders = !isCoded(error) && /^(Z_|ZSTD_|ERR_TRAILING_JUNK|ERR_ZLIB)/.test(code)
  if (!isDecoders) return error
  const isCut = code === 'Z_BUF_ERROR'
  return new CodedError(
    isCut ? 'data-loss' : 'invalid-argument',
    `Cannot decompress ${compression}: ${messageOf(error)}`,
    { cause: error },
  )
}
