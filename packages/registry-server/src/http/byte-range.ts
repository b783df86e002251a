import type { ByteRange } from '../storage/storage.ts'

/** More ranges than this in one request are not worth their overhead: the whole body is sent. */
const rangesMax = 100

/**
 * Reads a `Range` header (RFC 9110, section 14.2) against a body of `sizeBytes`. Undefined when the header is to be
 * ignored: not bytes, malformed, or asking for more in all than the body is. `unsatisfiable` when no byte of the body is
 * in it, which is also what a last byte before the first asks for. Ranges outside the body are left out of the list,
 * which is never empty.
 */
export function parseByteRanges(
  header: string | undefined,
  sizeBytes: number,
): ByteRange[] | 'unsatisfiable' | undefined {
  const list = /^bytes=([\d\s,-]{1,8000})$/.exec(header ?? '')?.[1]?.split(',')
  if (!list || list.length > rangesMax) return undefined
  const ranges = list.map((text) => parseByteRange(text.trim(), sizeBytes))
  if (!ranges.every((range) => range !== undefined)) return undefined
  const satisfiable = ranges.filter((range) => range !== 'unsatisfiable')
  if (satisfiable.length === 0) return 'unsatisfiable'
  const totalBytes = satisfiable.reduce((total, { start, end }) => total + end - start + 1, 0)
  return totalBytes <= sizeBytes ? satisfiable : undefined
}

function parseByteRange(text: string, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^(\d{0,15})-(\d{0,15})$/.exec(text)
  if (!match) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  const range =
    first === ''
      ? suffixRange(Number(last), sizeBytes)
      : { start: Number(first), end: lastByte(last, sizeBytes) }
  return range.start > range.end ? 'unsatisfiable' : range
}

/** The last `lengthBytes` of the body. */
function suffixRange(lengthBytes: number, sizeBytes: number): ByteRange {
  return { start: lengthBytes === 0 ? sizeBytes : Math.max(0, sizeBytes - lengthBytes), end: sizeBytes - 1 }
}

function lastByte(text: string, sizeBytes: number): number {
  return text === '' ? sizeBytes - 1 : Math.min(Number(text), sizeBytes - 1)
}
