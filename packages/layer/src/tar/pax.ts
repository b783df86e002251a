import { malformed } from './malformed.ts'

export type PaxRecords = ReadonlyMap<string, string>

export const noRecords: PaxRecords = new Map()

const nulFree = new Set(['path', 'linkpath', 'uname', 'gname'])
const sparseOffset = 'GNU.sparse.offset'
const sparseSize = 'GNU.sparse.numbytes'
export const sparseMap = 'GNU.sparse.map'

/**
 * The records of a PAX extended header (POSIX.1-2017 pax, "pax Extended Header"), last of a key wins. Pairs of GNU's
 * sparse format 0.0, which repeats keys, are joined into the map of format 0.1.
 */
export function parsePax(text: string): PaxRecords {
  const records = new Map<string, string>()
  const map: string[] = []
  for (let at = 0; at < text.length;) {
    const { key, value, end } = parseRecord(text, at)
    at = end
    if (key === sparseOffset || key === sparseSize) {
      const expected = map.length % 2 === 0 ? sparseOffset : sparseSize
      if (key !== expected || value.includes(',')) throw malformed('a sparse map is out of order')
      map.push(value)
    } else records.set(key, value)
  }
  if (map.length > 0) records.set(sparseMap, map.join(','))
  return records
}

const lengthDigitsMax = 16
/** `5 =\n` is not possible: the shortest record is `5 k=\n`. */
const recordBytesMin = 5

function parseRecord(text: string, start: number): { key: string; value: string; end: number } {
  const space = text.slice(start, start + lengthDigitsMax + 1).indexOf(' ') + start
  const digits = text.slice(start, Math.max(space, start))
  const end = start + Number(digits)
  const isFramed =
    /^\d+$/.test(digits) &&
    end - start >= recordBytesMin &&
    end <= text.length &&
    end > space + 1 &&
    text[end - 1] === '\n'
  if (!isFramed) throw malformed('a PAX record has a wrong length')
  const equals = text.indexOf('=', space)
  if (equals === -1 || equals >= end - 1) throw malformed('a PAX record has no "="')
  const key = text.slice(space + 1, equals)
  const value = text.slice(equals + 1, end - 1)
  if ((nulFree.has(key) ? value : key).includes('\0')) throw malformed('a PAX record holds a NUL')
  return { key, value, end }
}

/** One record as it stands in an extended header: its length counts itself. */
export function formatPaxRecord(key: string, value: string): string {
  const rest = key.length + value.length + 3
  let length = rest + String(rest).length
  if (String(length).length !== String(rest).length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}
