const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
}

/** What Go's `strconv.IsPrint` lets through: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

export function isPrintable(character: string): boolean {
  return printable.test(character)
}

/** A Go string literal, or a character literal with `'` as quote. `ascii` escapes everything beyond it. */
export function quote(
  text: string,
  { mark = '"', ascii = false }: { mark?: string; ascii?: boolean } = {},
): string {
  const inner = Array.from(text, (character) => {
    if (character === mark) return `\\${mark}`
    if (named[character] !== undefined) return named[character]
    const code = character.codePointAt(0) ?? 0
    if (isPrintable(character) && (!ascii || code < 0x80)) return character
    if (code < 0x80) return `\\x${hex(code, 2)}`
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`
  })
  return `${mark}${inner.join('')}${mark}`
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0')
}
