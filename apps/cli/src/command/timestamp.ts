import { parseGoDuration } from '@berth/api'
import { CodedError, isCoded } from '@berth/stdx'

const localForms = /^\d{4}-\d\d-\d\d(T\d\d(:\d\d(:\d\d(\.\d{1,9})?)?)?)?$/

/**
 * A point in time as flags take it (RFC 3339 with or without zone, seconds since the epoch, `10m` before now) to seconds
 * with nanoseconds; undefined for ''. Throws `invalid-argument`.
 */
export function parseTimestamp(text: string, nowMs: number): string | undefined {
  if (text === '') return undefined
  if (/^\d+(\.\d{1,9})?$/.test(text)) return text
  const before = durationOf(text)
  if (before !== undefined) return format(nowMs - before / 1e6, '')
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? ''
  const time = Date.parse(localForms.test(text) ? completed(text) : text.replace(/\.\d+/, ''))
  if (Number.isNaN(time))
    throw new CodedError(
      'invalid-argument',
      `failed to parse value as time or duration: ${JSON.stringify(text)}`,
    )
  return format(time, fraction)
}

function durationOf(text: string): number | undefined {
  try {
    return parseGoDuration(text)
  } catch (error) {
    if (isCoded(error, 'invalid-argument')) return undefined
    throw error
  }
}

/** A date alone begins at midnight here, as Docker reads it; so does an hour alone on the hour. */
function completed(text: string): string {
  const [date = '', clock = ''] = text.split('T')
  const [hour = '00', minute = '00', second = '00'] =
    clock === '' ? [] : clock.replace(/\.\d+/, '').split(':')
  return `${date}T${hour}:${minute}:${second}`
}

function format(timeMs: number, fraction: string): string {
  const seconds = Math.floor(timeMs / 1000)
  const nanoseconds =
    fraction === '' ? Math.round((timeMs - seconds * 1000) * 1e6) : Number(fraction.padEnd(9, '0'))
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}`
}
