import { CodedError } from '@berth/stdx'
import { constants } from 'node:os'

const numbers: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals))
const highest = 64

/** A signal by name (`KILL`, `SIGKILL`, `RTMIN+3`) or number; throws `invalid-argument`. */
export function parseSignal(text: string): number {
  const upper = text.toUpperCase()
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`
  const number = numbers.get(name) ?? realTime(name) ?? (/^\d+$/.test(text) ? Number(text) : undefined)
  if (number === undefined || number < 1 || number > highest) {
    throw new CodedError('invalid-argument', `invalid signal: ${text}`)
  }
  return number
}

/** The C library keeps 32 and 33 for itself: SIGRTMIN is 34 (signal(7)). */
function realTime(name: string): number | undefined {
  const match = /^SIG(RTMIN|RTMAX)(?:([+-])(\d+))?$/.exec(name)
  if (!match) return undefined
  const base = match[1] === 'RTMIN' ? 34 : highest
  const offset = Number(match[3] ?? 0)
  return match[2] === '-' ? base - offset : base + offset
}
