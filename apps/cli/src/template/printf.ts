import type { Directive } from './directive.ts'
import { formatFlagged } from './format-verb.ts'
import { formatValue } from './format-value.ts'
import { typeName } from './go-type.ts'
import type { GoValue } from './go-value.ts'

type Flag = 'plus' | 'minus' | 'sharp' | 'space' | 'zero'
const flags: Readonly<Record<string, Flag>> = {
  '+': 'plus',
  '-': 'minus',
  '#': 'sharp',
  ' ': 'space',
  '0': 'zero',
}
/** Go takes no wider field than this. */
const widthMax = 1_000_000

/** Go's `fmt.Sprintf`. Mistakes are shown in the text, as Go does, and never thrown. */
export function printf(format: string, operands: readonly (GoValue | undefined)[]): string {
  return new Printer(format, operands).print()
}

class Printer {
  readonly #format: string
  readonly #operands: readonly (GoValue | undefined)[]
  #position = 0
  #next = 0
  #reordered = false
  #goodIndex = true

  constructor(format: string, operands: readonly (GoValue | undefined)[]) {
    this.#format = format
    this.#operands = operands
  }

  print(): string {
    let text = ''
    while (this.#position < this.#format.length) {
      const found = this.#format.indexOf('%', this.#position)
      const end = found === -1 ? this.#format.length : found
      text += this.#format.slice(this.#position, end)
      this.#position = end + 1
      if (found !== -1) text += this.#directive()
    }
    return text + this.#extra()
  }

  #directive(): string {
    this.#goodIndex = true
    const directive: Directive = { verb: '' }
    while (flags[this.#peek()] !== undefined) directive[flags[this.#take()] as Flag] = true
    if (directive.minus === true) directive.zero = false
    const problem = this.#width(directive) + this.#precision(directive)
    this.#argumentIndex()
    directive.verb = this.#take()
    return problem + this.#verb(directive)
  }

  #verb(directive: Directive): string {
    const { verb } = directive
    if (verb === '') return '%!(NOVERB)'
    if (verb === '%') return '%'
    if (!this.#goodIndex) return `%!${verb}(BADINDEX)`
    if (this.#next >= this.#operands.length) return `%!${verb}(MISSING)`
    return formatFlagged(this.#operands[this.#next++], directive)
  }

  #width(directive: Directive): string {
    this.#argumentIndex()
    if (this.#peek() !== '*') {
      directive.width = this.#number()
      return ''
    }
    this.#take()
    const width = this.#integerOperand()
    if (width === undefined) return '%!(BADWIDTH)'
    directive.width = Math.abs(width)
    if (width < 0) Object.assign(directive, { minus: true, zero: false })
    return ''
  }

  #precision(directive: Directive): string {
    if (this.#peek() !== '.') return ''
    this.#take()
    this.#argumentIndex()
    if (this.#peek() !== '*') {
      directive.precision = this.#number() ?? 0
      return ''
    }
    this.#take()
    const precision = this.#integerOperand()
    if (precision === undefined) return '%!(BADPREC)'
    if (precision >= 0) directive.precision = precision
    return ''
  }

  /** `[n]`: the next operand is the n-th. */
  #argumentIndex(): void {
    if (this.#peek() !== '[') return
    this.#reordered = true
    const [whole, number] = /^\[(\d+)\]/.exec(this.#format.slice(this.#position)) ?? []
    const index = Number(number) - 1
    if (whole === undefined) {
      const close = this.#format.indexOf(']', this.#position)
      this.#position = close === -1 ? this.#position + 1 : close + 1
      this.#goodIndex = false
      return
    }
    this.#position += whole.length
    if (index >= 0 && index < this.#operands.length) this.#next = index
    else this.#goodIndex = false
  }

  #integerOperand(): number | undefined {
    const operand = this.#operands[this.#next++]
    const kind = operand?.type.kind
    if (kind !== 'int' && kind !== 'uint') return undefined
    const number = Number(operand?.raw)
    return Math.abs(number) > widthMax ? undefined : number
  }

  #number(): number | undefined {
    const [digits] = /^\d+/.exec(this.#format.slice(this.#position)) ?? []
    if (digits === undefined) return undefined
    this.#position += digits.length
    return Math.min(Number(digits), widthMax)
  }

  #peek(): string {
    return this.#format[this.#position] ?? ''
  }

  #take(): string {
    const code = this.#format.codePointAt(this.#position)
    if (code === undefined) return ''
    const character = String.fromCodePoint(code)
    this.#position += character.length
    return character
  }

  #extra(): string {
    const rest = this.#operands.slice(this.#next)
    if (this.#reordered || rest.length === 0) return ''
    const shown = rest.map((value) =>
      value === undefined ? '<nil>' : `${typeName(value.type)}=${formatValue(value)}`,
    )
    return `%!(EXTRA ${shown.join(', ')})`
  }
}
