import { CodedError } from '@berth/stdx'

const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/** Go's duration text (`1h30m`, `500ms`, `-1.5s`, `0`) to nanoseconds; throws `invalid-argument`. */
export function parseGoDuration(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return 0
  let total = 0
  let offset = 0
  while (offset < body.length) {
    part.lastIndex = offset
    const match = part.exec(body)
    if (!match) throw invalid(text)
    total += Number(match[1]) * (nanoseconds[match[2] ?? ''] ?? 0)
    offset = part.lastIndex
  }
  if (body === '') throw invalid(text)
  return sign * Math.trunc(total)
}

function invalid(text: string): CodedError {
  const problem = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? 'missing unit in duration' : 'invalid duration'
  return new CodedError('invalid-argument', `time: ${problem} ${JSON.stringify(text)}`, {
    hint: 'A duration looks like 1h30m, 10s or 500ms.',
  })
}
