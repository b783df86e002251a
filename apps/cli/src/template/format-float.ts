/** Formats as Go's strconv.FormatFloat does; `precision` undefined is the shortest text that reads back the same. */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision?: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const magnitude = Math.abs(value)
  if (verb === 'e') return sign + exponential(magnitude, precision)
  if (verb === 'f') return sign + (precision === undefined ? plain(magnitude) : fixed(magnitude, precision))
  return sign + general(magnitude, precision)
}

function exponential(magnitude: number, precision: number | undefined): string {
  const [mantissa = '', exponent = '+0'] = toExponential(magnitude, precision).split('e')
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}

function plain(magnitude: number): string {
  const [mantissa = '', exponent = '0'] = magnitude.toExponential().split('e')
  const digits = mantissa.replace('.', '')
  const point = Number(exponent) + 1
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  if (digits.length <= point) return digits.padEnd(point, '0')
  return `${digits.slice(0, point)}.${digits.slice(point)}`
}

/** More digits than these JavaScript does not give. */
const digitsMax = 100

function toExponential(magnitude: number, precision: number | undefined): string {
  if (precision === undefined) return magnitude.toExponential()
  const [mantissa = '', exponent = ''] = magnitude.toExponential(Math.min(precision, digitsMax)).split('e')
  const [exact = '', exactExponent] = magnitude.toExponential(digitsMax).split('e')
  return `${exponent === exactExponent ? halfToEven(mantissa, exact) : mantissa}e${exponent}`
}

/** JavaScript rounds a number that lies in the middle up, Go to the even digit. */
function halfToEven(rounded: string, exact: string): string {
  const length = rounded.includes('.') ? rounded.length : rounded.length + 1
  const isHalf = /^50*$/.test(exact.slice(length))
  const down = exact.slice(0, rounded.length)
  return isHalf && down.length === rounded.length && /[02468]$/.test(down) ? down : rounded
}

/** `toFixed` turns to exponents from 1e21 on; from there all digits are before the point. */
function fixed(magnitude: number, precision: number): string {
  const digits = Math.min(precision, digitsMax)
  if (magnitude < 1e21) return halfToEven(magnitude.toFixed(digits), magnitude.toFixed(digitsMax))
  return `${BigInt(magnitude)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
}

/** Exponents are used below 1e-4, and from the precision on, which is 6 for the shortest text. */
const shortestExponentFrom = 6

function general(magnitude: number, precision: number | undefined): string {
  if (magnitude === 0) return '0'
  const significant = precision === 0 ? 1 : precision
  const text = toExponential(magnitude, significant === undefined ? undefined : significant - 1)
  const exponent = Number(text.slice(text.indexOf('e') + 1))
  if (exponent < -4 || exponent >= (significant ?? shortestExponentFrom)) {
    const [mantissa = '', power = ''] = exponential(Number(text), undefined).split('e')
    return `${mantissa}e${power}`
  }
  return plain(Number(text))
}
