import { type Directive, pad, padNumber } from './directive.ts'
import { isPrintable, quote } from './quote.ts'

const bases: Readonly<Record<string, { radix: number; prefix: string }>> = {
  v: { radix: 10, prefix: '' },
  d: { radix: 10, prefix: '' },
  b: { radix: 2, prefix: '0b' },
  o: { radix: 8, prefix: '0' },
  O: { radix: 8, prefix: '0o' },
  x: { radix: 16, prefix: '0x' },
  X: { radix: 16, prefix: '0X' },
}

/** A whole number under a directive; undefined when the verb is none for whole numbers. */
export function formatInteger(value: bigint, directive: Directive): string | undefined {
  const { verb } = directive
  if (verb === 'c') return pad(characterOf(value), directive)
  if (verb === 'q')
    return pad(quote(characterOf(value), { mark: "'", ascii: directive.plus === true }), directive)
  if (verb === 'U') return pad(codePoint(value, directive), directive)
  const base = bases[verb]
  if (base === undefined) return undefined
  const text = signOf(value, directive) + digitsOf(value, base, directive)
  // With a precision, zeros are what it says, and the width is filled with spaces.
  return padNumber(text, directive.precision === undefined ? directive : { ...directive, zero: false })
}

function digitsOf(
  value: bigint,
  { radix, prefix }: { radix: number; prefix: string },
  directive: Directive,
): string {
  const magnitude = value < 0n ? -value : value
  const text = magnitude.toString(radix)
  const digits = directive.precision === 0 && value === 0n ? '' : text.padStart(directive.precision ?? 0, '0')
  const shown = directive.verb === 'X' ? digits.toUpperCase() : digits
  const prefixed = directive.verb === 'O' || (directive.sharp === true && directive.verb !== 'v')
  return prefixed ? prefix + shown : shown
}

function signOf(value: bigint, { plus, space }: Directive): string {
  if (value < 0n) return '-'
  if (plus === true) return '+'
  return space === true ? ' ' : ''
}

function characterOf(value: bigint): string {
  const isCodePoint = value >= 0n && value <= 0x10ffffn
  return isCodePoint ? String.fromCodePoint(Number(value)) : '\ufffd'
}

function codePoint(value: bigint, { sharp }: Directive): string {
  const text = `U+${value.toString(16).toUpperCase().padStart(4, '0')}`
  const character = characterOf(value)
  return sharp === true && isPrintable(character) ? `${text} '${character}'` : text
}
