/** One formatting directive of Go's fmt package. */
export interface Directive {
  verb: string
  plus?: boolean
  /** `%+v`: structs show the names of their fields. */
  named?: boolean
  minus?: boolean
  sharp?: boolean
  space?: boolean
  zero?: boolean
  width?: number | undefined
  precision?: number | undefined
}

/** Zeros go between the sign and the digits. */
export function padNumber(text: string, directive: Directive): string {
  if (directive.zero !== true || directive.minus === true || !/\d/.test(text))
    return pad(text, { ...directive, zero: false })
  const [sign = ''] = /^[-+ ]?/.exec(text) ?? []
  return sign + text.slice(sign.length).padStart((directive.width ?? 0) - sign.length, '0')
}

export function pad(text: string, { width = 0, minus, zero }: Directive): string {
  const missing = Math.max(0, width - Array.from(text).length)
  if (minus === true) return text + ' '.repeat(missing)
  return (zero === true ? '0' : ' ').repeat(missing) + text
}
