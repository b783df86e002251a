import { parseGoDuration } from '@berth/api'
import { CodedError } from '@berth/stdx'

/**
 * Docker's way to name an instant: seconds since the epoch (`1700000000.5`), RFC 3339 or a part of it
 * (`2026-01-02T03:04`), or a Go duration before now (`1h30m`). Milliseconds since the epoch; throws `invalid-argument`.
 */
export function parseInstant(text: string, nowMs: number = Date.now()): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  if (/^[\d.]+[a-zµμ]/.test(text)) return nowMs - parseGoDuration(text) / 1e6
  const date = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text)
  if (!Number.isNaN(date)) return date
  throw new CodedError(
    'invalid-argument',
    `failed to parse value as time or duration: ${JSON.stringify(text)}`,
  )
}
