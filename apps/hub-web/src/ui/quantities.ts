import { html } from '../rendering/html.ts'

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** `3.41 MB`, as Docker's clients say it. */
export function formatSize(sizeBytes: number): string {
  let value = sizeBytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat('en')

/** `1.2K`, with the whole number for who asks. */
export function Amount({ value }: { value: number }) {
  return html`<span title=${whole.format(value)}>${compact.format(value)}</span>`
}

/** `1.2K pulls` */
export function Count({ value, noun }: { value: number; noun: [one: string, more: string] }) {
  const word = noun[value === 1 ? 0 : 1]
  return html`<span class="count" title=${`${whole.format(value)} ${word}`}
    ><strong>${compact.format(value)}</strong> ${word}</span
  >`
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** `3 days ago` or `in 2 weeks`. */
export function formatDistance(at: number, now: number): string {
  const seconds = (at - now) / 1000
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  return size === 1
    ? seconds > 0
      ? 'in a moment'
      : 'just now'
    : relative.format(Math.trunc(seconds / size), unit)
}

/** A moment, told from now; exactly in the title. Milliseconds since the epoch. */
export function Moment({ at }: { at: number }) {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return html`<span>at an unknown time</span>`
  const text = date.toISOString()
  return html`<time datetime=${text} title=${`${text.slice(0, 16).replace('T', ' ')} UTC`}
    >${formatDistance(at, Date.now())}</time
  >`
}
