import type { ByteRange } from '../storage.ts'

/**
 * Reads a `Range` header (RFC 9110, section 14.2) against a body of `sizeBytes`. Undefined when the header is to be
 * ignored (not bytes, malformed, several ranges); `unsatisfiable` when no byte of the body is in it.
 */
export function parseByteRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header ?? '')
  if (!match) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  const range =
    first === ''
      ? suffixRange(Number(last), sizeBytes)
      : { start: Number(first), end: lastByte(last, sizeBytes) }
  if (first !== '' && last !== '' && Number(last) < range.start) return undefined
  return range.start >= sizeBytes || range.start > range.end ? 'unsatisfiable' : range
}

function suffixRange(lengthBytes: number, sizeBytes: number): ByteRange {
  if (lengthBytes === 0) return { start: sizeBytes, end: sizeBytes }
  return { start: Math.max(0, sizeBytes - lengthBytes), end: sizeBytes - 1 }
}

function lastByte(text: string, sizeBytes: number): number {
  return text === '' ? sizeBytes - 1 : Math.min(Number(text), sizeBytes - 1)
}
