import { goTimeOf } from '../../format/go-time.ts'
import type { BasicType } from '../go-type.ts'

/** A point in time; its text in JSON is RFC 3339. */
export const timeType: BasicType = {
  kind: 'string',
  name: 'time.Time',
  zero: '0001-01-01T00:00:00Z',
  text: (raw: string) => goTimeOf(raw),
}

/** Nanoseconds. */
export const durationType: BasicType = {
  kind: 'int',
  name: 'time.Duration',
  text: (raw: bigint) => formatDuration(raw),
}

const second = 1_000_000_000n

/** As Go writes it: `1h0m0.5s`, `1.5ms`, `0s`. */
function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatDuration(-nanoseconds)}`
  if (nanoseconds === 0n) return '0s'
  if (nanoseconds < 1000n) return `${nanoseconds}ns`
  if (nanoseconds < 1_000_000n) return `${decimal(nanoseconds, 1000n)}µs`
  if (nanoseconds < second) return `${decimal(nanoseconds, 1_000_000n)}ms`
  const minutes = nanoseconds / (60n * second)
  const seconds = `${decimal(nanoseconds % (60n * second), second)}s`
  if (minutes === 0n) return seconds
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, unit: bigint): string {
  const digits = String(unit).length - 1
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '')
  return `${value / unit}${fraction === '' ? '' : `.${fraction}`}`
}
