import type { Token, TokenKind } from './token.ts'

const leftDelimiter = '{{'
const rightDelimiter = '}}'
const leftComment = '/*'
const rightComment = '*/'
const trimMarker = '-'
const keywords = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
])
const spacePattern = /[ \t\r\n]/
const wordPattern = /[\p{L}\p{Nd}_]/u
const singles: Readonly<Record<string, TokenKind>> = { '=': 'assign', '|': 'pipe' }

/** Cuts a template into tokens; the last one is `eof` or `error`. */
export function tokenize(text: string): Token[] {
  return new Lexer(text).run()
}

/** Ends the scan; its message becomes the last token. */
class LexError extends Error {}

class Lexer {
  readonly #text: string
  readonly #tokens: Token[] = []
  #start = 0
  #position = 0
  #line = 1
  #parenDepth = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): Token[] {
    try {
      while (this.#text.length > this.#position) this.#textUntilAction()
      this.#emit('eof')
    } catch (error) {
      if (!(error instanceof LexError)) throw error
      this.#tokens.push({ kind: 'error', text: error.message, position: this.#start, line: this.#line })
    }
    return this.#tokens
  }

  #textUntilAction(): void {
    const found = this.#text.indexOf(leftDelimiter, this.#position)
    const end = found === -1 ? this.#text.length : found
    const trims = found !== -1 && this.#hasLeftTrim(found)
    const text = this.#text.slice(this.#position, end)
    this.#position += (trims ? text.replace(/[ \t\r\n]+$/, '') : text).length
    if (this.#position > this.#start) this.#emit('text')
    this.#position = end
    this.#ignore()
    if (found !== -1) this.#action(trims)
  }

  #hasLeftTrim(found: number): boolean {
    const after = found + leftDelimiter.length
    return this.#text[after] === trimMarker && spacePattern.test(this.#text[after + 1] ?? '')
  }

  #action(trims: boolean): void {
    this.#position += leftDelimiter.length
    const afterMarker = trims ? 2 : 0
    if (this.#text.startsWith(leftComment, this.#position + afterMarker)) {
      this.#position += afterMarker
      this.#ignore()
      this.#comment()
      return
    }
    this.#emit('left-delimiter')
    this.#position += afterMarker
    this.#ignore()
    this.#parenDepth = 0
    while (!this.#closeAction()) this.#inside()
  }

  #comment(): void {
    const end = this.#text.indexOf(rightComment, this.#position + leftComment.length)
    if (end === -1) throw new LexError('unclosed comment')
    this.#position = end + rightComment.length
    const { length, trims } = this.#rightDelimiter()
    if (length === 0) throw new LexError('comment ends before closing delimiter')
    this.#position += length
    if (trims) this.#skipSpace()
    this.#ignore()
  }

  /** How long the delimiter here is, with its trim marker; 0 when there is none. */
  #rightDelimiter(): { length: number; trims: boolean } {
    const rest = this.#text.slice(this.#position, this.#position + 4)
    if (/^[ \t\r\n]-\}\}/.test(rest)) return { length: 4, trims: true }
    return { length: rest.startsWith(rightDelimiter) ? rightDelimiter.length : 0, trims: false }
  }

  #closeAction(): boolean {
    const { length, trims } = this.#rightDelimiter()
    if (length === 0) return false
    if (this.#parenDepth > 0) throw new LexError('unclosed left paren')
    this.#position += length - rightDelimiter.length
    this.#ignore()
    this.#position += rightDelimiter.length
    this.#emit('right-delimiter')
    if (trims) this.#skipSpace()
    this.#ignore()
    return true
  }

  #skipSpace(): void {
    while (spacePattern.test(this.#text[this.#position] ?? '')) this.#position++
  }

  #inside(): void {
    const character = this.#peek()
    if (character === '') throw new LexError('unclosed action')
    if (spacePattern.test(character)) return this.#space()
    const next = this.#text[this.#position + 1] ?? ''
    // At the very end it is taken for the start of a number.
    if (character === '.' && /[^0-9]/.test(next)) return this.#fieldOrVariable('field')
    if (character === '$') return this.#fieldOrVariable('variable')
    if (/[-+.0-9]/.test(character)) return this.#number()
    if (wordPattern.test(character)) return this.#identifier()
    this.#position += character.length
    if (singles[character] !== undefined) return this.#emit(singles[character])
    this.#punctuation(character)
  }

  #punctuation(character: string): void {
    if (character === '"') return this.#quoted('string', 'unterminated quoted string')
    if (character === "'") return this.#quoted('character', 'unterminated character constant')
    if (character === '`') return this.#rawString()
    if (character === '(') {
      this.#parenDepth++
      return this.#emit('left-paren')
    }
    if (character === ')') {
      if (--this.#parenDepth < 0) throw new LexError('unexpected right paren')
      return this.#emit('right-paren')
    }
    if (character === ':') {
      if (this.#peek() !== '=') throw new LexError('expected :=')
      this.#position++
      return this.#emit('declare')
    }
    if (!/[\x20-\x7e]/.test(character)) {
      throw new LexError(`unrecognized character in action: ${showCharacter(character)}`)
    }
    this.#emit('other')
  }

  /** A space before a closing trim marker belongs to the marker. */
  #space(): void {
    while (spacePattern.test(this.#peek()) && !this.#rightDelimiter().trims) this.#position++
    if (this.#position > this.#start) this.#emit('space')
  }

  #identifier(): void {
    while (wordPattern.test(this.#peek())) this.#position += this.#peek().length
    this.#checkTerminator()
    const word = this.#text.slice(this.#start, this.#position)
    if (keywords.has(word)) this.#emit('keyword')
    else if (word === 'true' || word === 'false') this.#emit('bool')
    else this.#emit(word === 'nil' ? 'nil' : 'identifier')
  }

  #fieldOrVariable(kind: 'field' | 'variable'): void {
    this.#position++
    const bare = !wordPattern.test(this.#peek()) && this.#isTerminator()
    while (wordPattern.test(this.#peek())) this.#position += this.#peek().length
    this.#checkTerminator()
    this.#emit(bare && kind === 'field' ? 'dot' : kind)
  }

  #isTerminator(): boolean {
    const character = this.#peek()
    return (
      character === '' ||
      /[ \t\r\n.,|:()]/.test(character) ||
      this.#text.startsWith(rightDelimiter, this.#position)
    )
  }

  #checkTerminator(): void {
    if (!this.#isTerminator()) throw new LexError(`bad character ${showCharacter(this.#peek())}`)
  }

  #number(): void {
    const found =
      /^[-+]?(?:0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*)(?:\.[0-9_]*)?(?:[eEpP][-+]?[0-9_]*)?/.exec(
        this.#text.slice(this.#position),
      )
    this.#position += found?.[0].length ?? 0
    if (wordPattern.test(this.#peek())) {
      this.#position += this.#peek().length
      throw new LexError(
        `bad number syntax: ${JSON.stringify(this.#text.slice(this.#start, this.#position))}`,
      )
    }
    this.#emit('number')
  }

  #quoted(kind: 'string' | 'character', message: string): void {
    const quote = this.#text[this.#start]
    for (;;) {
      const character = this.#text[this.#position++]
      if (character === quote) return this.#emit(kind)
      const escaped = character === '\\' ? this.#text[this.#position++] : character
      if (escaped === undefined || escaped === '\n') throw new LexError(message)
    }
  }

  #rawString(): void {
    const end = this.#text.indexOf('`', this.#position)
    if (end === -1) throw new LexError('unterminated raw quoted string')
    this.#position = end + 1
    this.#emit('raw-string')
  }

  /** The next character, of two code units where it needs them; empty at the end. */
  #peek(): string {
    const code = this.#text.codePointAt(this.#position)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  #emit(kind: TokenKind): void {
    const text = this.#text.slice(this.#start, this.#position)
    this.#tokens.push({ kind, text, position: this.#start, line: this.#line })
    this.#ignore()
  }

  #ignore(): void {
    this.#line += this.#text.slice(this.#start, this.#position).split('\n').length - 1
    this.#start = this.#position
  }
}

/** As Go's `%#U`: the code point, and the character if it can be printed. */
function showCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character) ? `U+${code} '${character}'` : `U+${code}`
}
