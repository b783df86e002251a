import { malformed } from './malformed.ts'
import type { TarEntry } from './tar-entry.ts'

/** A NUL-terminated field. */
export function parseText(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('latin1', 0, end === -1 ? field.length : end)
}

/** Octal digits, padded with spaces and NULs on both sides; an empty field is 0. */
export function parseOctal(field: Buffer): number {
  let start = 0
  let end = field.length
  while (start < end && isPadding(field[start])) start++
  while (end > start && isPadding(field[end - 1])) end--
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = (field[index] ?? 0) - 0x30
    if (digit === -0x30) break
    if (digit < 0 || digit > 7) throw malformed('a number is not octal')
    value = value * 8 + digit
  }
  return value
}

const isPadding = (byte: number | undefined): boolean => byte === 0x20 || byte === 0

/** Octal, or GNU's base-256 when the top bit is set: then two's complement, big-endian, the second bit is the sign. */
export function parseNumeric(field: Buffer): number {
  const first = field[0] ?? 0
  if ((first & 0x80) === 0) return parseOctal(field)
  const inversion = (first & 0x40) === 0 ? 0 : 0xff
  let value = (first ^ inversion) & 0x7f
  for (let index = 1; index < field.length; index++) {
    value = value * 256 + ((field[index] ?? 0) ^ inversion)
  }
  if (value > Number.MAX_SAFE_INTEGER) throw malformed('a number is out of range')
  return inversion === 0 ? value : -value - 1
}

/** A decimal integer of a PAX record. */
export function parseDecimal(text: string): number {
  const value = Number(text)
  if (!/^[+-]?\d+$/.test(text)) throw malformed('a PAX number is not decimal')
  if (!Number.isSafeInteger(value)) throw malformed('a PAX number is out of range')
  return value
}

export type TarTime = Pick<TarEntry, 'mtimeSeconds' | 'mtimeNanoseconds'>

/** Seconds with a decimal fraction; digits beyond nanoseconds are cut. */
export function parseTime(text: string): TarTime {
  const match = /^([+-]?\d+)(?:\.(\d*))?$/.exec(text)
  if (!match?.[1]) throw malformed('a PAX time is not a number')
  const seconds = parseDecimal(match[1])
  const fraction = Number((match[2] ?? '').slice(0, 9).padEnd(9, '0'))
  if (fraction === 0 || !text.startsWith('-')) return { mtimeSeconds: seconds, mtimeNanoseconds: fraction }
  return { mtimeSeconds: seconds - 1, mtimeNanoseconds: 1_000_000_000 - fraction }
}
