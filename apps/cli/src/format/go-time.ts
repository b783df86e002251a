const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `2026-11-23 22:19:25 +0000 UTC`: local time as Go prints it, of seconds since the epoch or RFC 3339 text. */
export function goTime(time: number | string): string {
  const date = new Date(typeof time === 'number' ? time * 1000 : time)
  const fraction = typeof time === 'number' ? '' : (/\.\d*[1-9]/.exec(time)?.[0] ?? '')
  return `${localDate(date)} ${localClock(date)}${fraction} ${offset(date, '')} ${zoneName(date)}`
}

/** `2026-11-23 22:19:25.5 +0000 UTC`: RFC 3339 text as Go prints it, in the zone that the text names. */
export function goTimeOf(text: string): string {
  const [, date, clock, fraction = '', zone = 'Z'] =
    /^([\d-]+)T([\d:]+)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  if (date === undefined) return text
  const offsetText = zone === 'Z' ? '+0000' : zone.replace(':', '')
  return `${date} ${clock}${fraction.replace(/\.?0+$/, '')} ${offsetText} ${zone === 'Z' ? 'UTC' : offsetText}`
}

/** `2026-11-23T22:19:25Z`, local time with its offset. */
export function rfc3339(seconds: number): string {
  const date = new Date(seconds * 1000)
  const zone = date.getTimezoneOffset() === 0 ? 'Z' : offset(date, ':')
  return `${localDate(date)}T${localClock(date)}${zone}`
}

/** `2026-11-23T22:19:25.123456789Z`, local time with its offset, of nanoseconds since the epoch. */
export function rfc3339Nano(nanoseconds: bigint): string {
  const billion = 1_000_000_000n
  const fraction = String(nanoseconds % billion).padStart(9, '0')
  return rfc3339(Number(nanoseconds / billion)).replace(/(:\d\d)(Z|[+-]\d\d:\d\d)$/, `$1.${fraction}$2`)
}

/** `Fri May 30 12:07:14 2025`, UTC. */
export function ansiC(date: Date): string {
  const clock = date.toISOString().slice(11, 19)
  const day = String(date.getUTCDate()).padStart(2)
  return `${weekdays[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${clock} ${date.getUTCFullYear()}`
}

function localDate(date: Date): string {
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

function localClock(date: Date): string {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

function offset(date: Date, separator: string): string {
  const minutes = -date.getTimezoneOffset()
  const sign = minutes < 0 ? '-' : '+'
  const absolute = Math.abs(minutes)
  return `${sign}${pad(Math.trunc(absolute / 60))}${separator}${pad(absolute % 60)}`
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC'
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}
