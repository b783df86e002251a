import { CodedError } from '@berth/stdx'

const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']
const prefixes = 'bkmgtp'

/** `13.3kB`: powers of 1000, as image and disk sizes are shown; `digits` significant ones (images: 3). */
export function formatSize(sizeBytes: number, digits = 4): string {
  return format(sizeBytes, { base: 1000, units: decimalUnits, digits })
}

/** `7.715GiB`: powers of 1024, as memory is shown. */
export function formatBinarySize(sizeBytes: number): string {
  return format(sizeBytes, { base: 1024, units: binaryUnits, digits: 4 })
}

/** `64m`, `1.5GiB`, `512` to bytes in powers of 1024; throws `invalid-argument`. */
export function parseBinarySize(text: string): number {
  return parse(text, 1024)
}

/** `10kB`, `1.5g` to bytes in powers of 1000; throws `invalid-argument`. */
export function parseSize(text: string): number {
  return parse(text, 1000)
}

function format(
  sizeBytes: number,
  style: { base: number; units: readonly string[]; digits: number },
): string {
  let value = sizeBytes
  let unit = 0
  while (value >= style.base && unit < style.units.length - 1) {
    value /= style.base
    unit++
  }
  return `${Number(value.toPrecision(style.digits))}${style.units[unit]}`
}

function parse(text: string, base: number): number {
  const match = /^(.*[\d. ])([^\d. ]*)$/.exec(text)
  if (!match) throw invalid(`invalid size: '${text}'`)
  const [, number = '', suffix = ''] = match
  const digits = number.endsWith(' ') ? number.slice(0, -1) : number
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(digits)) {
    throw invalid(`strconv.ParseFloat: parsing ${JSON.stringify(digits)}: invalid syntax`)
  }
  const value = Number(digits)
  if (value < 0) throw invalid(`invalid size: '${text}'`)
  const power = suffix === '' ? 0 : prefixes.indexOf(suffix.charAt(0).toLowerCase())
  if (power < 0 || !isRestOfSuffix(suffix)) throw invalid(`invalid suffix: '${suffix}'`)
  return Math.trunc(value * base ** power)
}

/** After the prefix: nothing, `b` or `ib` in any case; after `b` nothing. */
function isRestOfSuffix(suffix: string): boolean {
  const rest = suffix.slice(1).toLowerCase()
  return rest === '' || (!/^b/i.test(suffix) && (rest === 'b' || rest === 'ib'))
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message, { hint: 'A size looks like 512m, 1.5g or 1073741824.' })
}
