import { CodedError, isCoded, messageOf, releaseMemory, systemCode } from '@berth/stdx'
import type { GzipDecoder } from '@berth/syscalls'
import { addAbortSignal, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { decodeInThread } from './decode-in-thread.ts'
import {
  detectCompression,
  isThreaded,
  magicBytes,
  type FileCompression,
  type ThreadedCompression,
} from './file-compression.ts'
import { inflateMembers } from './inflate-members.ts'

/** Node's default chunks of 16 and 64 KiB halve the speed. */
export const chunkBytes = 1024 * 1024

export interface DecompressOptions {
  /** `auto` looks at the first bytes. */
  compression: FileCompression | 'auto'
  signal?: AbortSignal
  /**
   * The pieces are lent: each is good until the next but one is asked for, and its memory is used again then. For threads that
   * may be held up: gzip is decoded within the call then, by the system's decoder where there is one.
   */
  lends?: boolean
}

/**
 * The uncompressed bytes of `source`. Gzip members, zstd frames, and streams of xz and bzip2 may follow each other,
 * skippable frames are passed over; anything else behind the end is an error. Throws `data-loss` for a stream that was
 * cut off and `invalid-argument` for one that is no such stream.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const head = await readHead(iterator)
  const compression = options.compression === 'auto' ? detectCompression(head) : options.compression
  const whole = prepend(head, iterator)
  if (compression === 'none') yield* whole
  else if (isThreaded(compression)) yield* decodeInThread(whole, { compression, signal: options.signal })
  else if (options.lends) yield* decodeLending(whole, compression, options.signal)
  else yield* decode(whole, compression, options.signal)
}

async function* decodeLending(
  source: AsyncIterable<Uint8Array>,
  compression: NodeCompression,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const decoder = compression === 'gzip' ? await openSystemDecoder() : undefined
  if (decoder) yield* inflateMembers(source, decoder)
  else yield* lend(decode(source, compression, signal))
}

/** Loaded late: the FFI library is a cost that others need not pay. */
async function openSystemDecoder(): Promise<GzipDecoder | undefined> {
  const { openGzipDecoder } = await import('@berth/syscalls')
  return openGzipDecoder()
}

async function* lend(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let before: Uint8Array | undefined
  for await (const piece of pieces) {
    yield piece
    if (before) releaseMemory(before)
    before = piece
  }
}

/** As many bytes as tell the compression, unless there are fewer. */
export async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = Buffer.alloc(0)
  while (head.length < magicBytes) {
    const next = await iterator.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return head
}

/**
 * `head`, and what is left of the source behind it. Returning it returns the source, also when nothing was asked for yet,
 * which a generator would not do.
 */
export function prepend(
  head: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncIterableIterator<Uint8Array> {
  let isHeadDue = head.length > 0
  return {
    async next() {
      if (!isHeadDue) return await iterator.next()
      isHeadDue = false
      return { done: false, value: head }
    },
    async return() {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

type NodeCompression = Exclude<FileCompression, 'none' | ThreadedCompression>

async function* decode(
  source: AsyncIterable<Uint8Array>,
  compression: NodeCompression,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const decoder = createDecoder(compression)
  if (signal) addAbortSignal(signal, decoder)
  const feeding = feed(decoder, source)
  // Its failure also ends the iteration below, where it is thrown.
  feeding.catch(() => {})
  try {
    for await (const piece of decoder) yield piece as Uint8Array
    await feeding
  } catch (error) {
    throw decodeError(error, compression)
  } finally {
    decoder.destroy()
  }
}

/** The next piece is read when the one before is used up: nothing of the source waits in a queue. */
async function feed(decoder: Transform, source: AsyncIterable<Uint8Array>): Promise<void> {
  // A decoder that is destroyed says nothing of the piece that it had.
  const closed = Promise.withResolvers<never>()
  closed.promise.catch(() => {})
  decoder.once('close', () =>
    closed.reject(new CodedError('cancelled', 'Cannot decompress: the reader has left')),
  )
  try {
    for await (const piece of source) await Promise.race([write(decoder, piece), closed.promise])
    decoder.end()
  } catch (error) {
    decoder.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

function write(decoder: Transform, piece: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  decoder.write(piece, (error) => (error ? reject(error) : resolve()))
  return promise
}

function createDecoder(compression: NodeCompression): Transform {
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
