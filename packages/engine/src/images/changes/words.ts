import { CodedError } from '@berth/stdx'

export interface WordOptions {
  /** Variables that `$NAME` stands for; an unknown one is empty. */
  variables: ReadonlyMap<string, string>
}

/**
 * Splits an instruction's arguments into words as a Dockerfile does: quotes and backslashes as in a shell, `$NAME`,
 * `${NAME}`, `${NAME:-default}` and `${NAME:+instead}` outside of single quotes. Throws `invalid-argument`.
 */
export function splitWords(text: string, options: WordOptions): string[] {
  return new WordReader(text, options).all()
}

type Quote = '"' | "'" | undefined

class WordReader {
  readonly #text: string
  readonly #variables: ReadonlyMap<string, string>
  #at = 0

  constructor(text: string, { variables }: WordOptions) {
    this.#text = text
    this.#variables = variables
  }

  all(): string[] {
    const words: string[] = []
    for (;;) {
      while (/\s/.test(this.#peek())) this.#at++
      if (this.#at >= this.#text.length) return words
      words.push(this.#word())
    }
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #word(): string {
    let word = ''
    let quote: Quote
    while (this.#at < this.#text.length) {
      const character = this.#peek()
      if (quote === undefined && /\s/.test(character)) break
      this.#at++
      if (character === quote) quote = undefined
      else if (quote === undefined && (character === '"' || character === "'")) quote = character
      else if (character === '\\' && quote !== "'") word += this.#escaped(quote)
      else if (character === '$' && quote !== "'") word += this.#variable()
      else word += character
    }
    if (quote !== undefined) throw invalid(`unexpected end of statement while looking for matching ${quote}`)
    return word
  }

  /** Inside double quotes a backslash stands for itself but before what is special there. */
  #escaped(quote: Quote): string {
    const next = this.#text[this.#at++] ?? ''
    return quote === '"' && !['"', '$', '\\'].includes(next) ? `\\${next}` : next
  }

  #variable(): string {
    if (this.#peek() === '{') return this.#braced()
    const name = /^[A-Za-z_]\w*/.exec(this.#text.slice(this.#at))?.[0]
    if (name === undefined) return '$'
    this.#at += name.length
    return this.#variables.get(name) ?? ''
  }

  #braced(): string {
    const end = this.#text.indexOf('}', this.#at)
    const parts = /^([A-Za-z_]\w*)(?::([-+])(.*))?$/s.exec(
      this.#text.slice(this.#at + 1, Math.max(end, this.#at + 1)),
    )
    if (end < 0 || !parts)
      throw invalid(
        `cannot expand ${JSON.stringify(this.#text.slice(this.#at - 1, end < 0 ? undefined : end + 1))}`,
      )
    this.#at = end + 1
    const [, name = '', operator, other = ''] = parts
    const value = this.#variables.get(name) ?? ''
    if (operator === '-') return value === '' ? other : value
    if (operator === '+') return value === '' ? '' : other
    return value
  }
}

const invalid = (state: string): CodedError =>
  new CodedError('invalid-argument', `failed to process instruction: ${state}`)
