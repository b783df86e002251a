import type { Operand } from './node.ts'
import type { Token } from './token.ts'
import type { TokenReader } from './token-reader.ts'

/** A number as it stands: whole ones are bigint. Throws for what Go's number syntax does not have. */
export function parseNumber(reader: TokenReader, { text, position }: Token): Operand {
  const digits = text.replace(/(?<=[0-9a-fA-FxXoObB])_(?=[0-9a-fA-F])/g, '')
  const whole = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]+|[0-9]+)$/.exec(digits)
  if (whole !== null) {
    const [, sign, magnitude = ''] = whole
    const octal = /^0[0-7]+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude
    const value = BigInt(octal)
    return { kind: 'number', position, text, value: sign === '-' ? -value : value }
  }
  if (!/^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(digits)) {
    return reader.fail(`illegal number syntax: ${JSON.stringify(text)}`)
  }
  return { kind: 'number', position, text, value: Number(digits) }
}

/** A character constant: its code point. */
export function parseCharacter(reader: TokenReader, { text, position }: Token): Operand {
  const characters = Array.from(unquote(`"${text.slice(1, -1).replaceAll('"', '\\"')}"`) ?? '')
  if (characters.length !== 1) return reader.fail(`malformed character constant: ${text}`)
  return { kind: 'number', position, text, value: BigInt(characters[0]?.codePointAt(0) ?? 0) }
}

export function parseString(reader: TokenReader, { text, position }: Token): Operand & { kind: 'string' } {
  const value = unquote(text)
  return value === undefined
    ? reader.fail('invalid syntax')
    : { kind: 'string', position, quoted: text, value }
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** The text of a Go string literal; undefined when an escape is none. */
function unquote(literal: string): string | undefined {
  const inner = literal.slice(1, -1)
  if (literal.startsWith('`')) return inner.replaceAll('\r', '')
  let valid = true
  const text = inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))/gs,
    (...[, hex, octal, short, long, simple = '']: string[]) => {
      const code = hex ?? short ?? long
      if (code !== undefined || octal !== undefined) {
        const point = code === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(code, 16)
        valid &&= point <= 0x10ffff
        return valid ? String.fromCodePoint(point) : ''
      }
      valid &&= Object.hasOwn(escapes, simple)
      return escapes[simple] ?? ''
    },
  )
  return valid ? text : undefined
}
