import { CodedError, messageOf } from '@berth/stdx'
import xz from 'xz-decompress'
import type { PieceExchange } from './piece-exchange.ts'

/** Stream after stream, with padding between them. Dictionaries of up to 64 MiB are read, which `xz -9` makes. */
export async function decodeXz(pieces: PieceExchange): Promise<void> {
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces.take()
        if (piece) controller.enqueue(piece)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  try {
    for await (const piece of new xz.XzReadableStream(source)) pieces.give(piece as Uint8Array<ArrayBuffer>)
  } catch (error) {
    throw xzError(error)
  }
}

interface XzReason {
  code: 'invalid-argument' | 'data-loss'
  reason: string
  hint?: string
}

/** For files that are as they should be. */
const hint = 'Decompress it with xz first, or compress it with gzip or zstd.'

/** Codes of xz-embedded, `enum xz_ret` in its xz.h: the message ends with one. */
const reasons = new Map<string, XzReason>([
  ['3', { code: 'invalid-argument', reason: 'its integrity check is of an unknown kind', hint }],
  ['4', { code: 'invalid-argument', reason: 'its dictionary is larger than 64 MiB', hint }],
  ['5', { code: 'invalid-argument', reason: 'it is no xz file' }],
  ['6', { code: 'invalid-argument', reason: 'it uses filters or checks that are not read', hint }],
  ['7', { code: 'invalid-argument', reason: 'its data is corrupt' }],
  ['8', { code: 'data-loss', reason: 'it is cut off, or something else follows its end' }],
])

function xzError(error: unknown): CodedError {
  const known = reasons.get(/error code (\d+)$/.exec(messageOf(error))?.[1] ?? '')
  const { code, reason, ...next } = known ?? { code: 'invalid-argument', reason: messageOf(error) }
  return new CodedError(code, `Cannot decompress xz: ${reason}`, { cause: error, ...next })
}
