import { showToken, type Token } from './token.ts'
import { TemplateError } from './template-error.ts'

/** Walks over the tokens of one template, back as well as forth. */
export class TokenReader {
  readonly #tokens: Token[]
  readonly #name: string
  #index = 0
  /** Where the action that is being read began, for errors that show up lines later. */
  actionLine = 0

  /** `name` is the template's in errors. */
  constructor(tokens: Token[], name: string) {
    this.#tokens = tokens
    this.#name = name
  }

  get index(): number {
    return this.#index
  }

  /** Goes back to a place that `index` told. */
  rewind(index: number): void {
    this.#index = index
  }

  /** The next token; the last one, an end or an error, comes again and again. */
  next(): Token {
    const token = this.peek()
    this.#index++
    return token
  }

  peek(): Token {
    return this.#tokens[Math.min(this.#index, this.#tokens.length - 1)] as Token
  }

  nextNonSpace(): Token {
    this.peekNonSpace()
    return this.next()
  }

  peekNonSpace(): Token {
    while (this.peek().kind === 'space') this.#index++
    return this.peek()
  }

  /** True for the keyword `text`, which is taken then. */
  takesKeyword(text: string): boolean {
    const token = this.peek()
    if (token.kind !== 'keyword' || token.text !== text) return false
    this.next()
    return true
  }

  expect(kind: Token['kind'], context: string): Token {
    const token = this.nextNonSpace()
    if (token.kind !== kind) this.unexpected(token, context)
    return token
  }

  fail(message: string): never {
    // Go names the line of the token read last.
    const last = this.#tokens[Math.min(Math.max(this.#index - 1, 0), this.#tokens.length - 1)] as Token
    throw new TemplateError('parse', `template: ${this.#name}:${last.line}: ${message}`)
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.fail(`unexpected ${showToken(token)} in ${context}`)
    const elsewhere = this.actionLine !== 0 && this.actionLine !== token.line
    const started = ` started at ${this.#name}:${this.actionLine}`
    const extra = token.text.endsWith(' action') ? started : ` in action${started}`
    this.fail(`${token.text}${elsewhere ? extra : ''}`)
  }
}
