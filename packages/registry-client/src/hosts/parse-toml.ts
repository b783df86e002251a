import { CodedError } from '@berth/stdx'

export type TomlValue = string | boolean | number | TomlValue[] | TomlTable
/** In the order of the text. */
export class TomlTable extends Map<string, TomlValue> {
  /** Where each key stands, counted from 1. */
  readonly lines = new Map<string, number>()
}

/**
 * Parses the part of TOML 1.0 that configuration of hosts is written in: comments, tables, bare, quoted and dotted keys,
 * strings of one line, booleans, integers, arrays and inline tables. Anything else (floats, dates, strings of several lines,
 * arrays of tables) and anything that TOML forbids, such as a key twice, throws `invalid-argument` with its line.
 */
export function parseToml(text: string): TomlTable {
  return new TomlParser(text).parse()
}

/** A table's header in a text, and where its line begins. What follows it up to the next one is its own. */
export interface TomlHeader {
  path: readonly string[]
  offset: number
}

/** The headers of tables in their order; throws as `parseToml`. Of a text that begins with a byte order mark, they are those of what follows it. */
export function tomlHeaders(text: string): TomlHeader[] {
  const parser = new TomlParser(text)
  parser.parse()
  return parser.headers
}

const tokens = {
  blank: /[ \t]*/y,
  /** Between lines, and between the values of an array. */
  space: /(?:[ \t\r\n]|#[^\n]*)*/y,
  lineEnd: /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y,
  bareKey: /[A-Za-z0-9_-]+/y,
  basicString: /"((?:[^"\\\n]|\\(?:[btnfr"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}))*)"/y,
  literalString: /'([^'\n]*)'/y,
  word: /[A-Za-z0-9_+.:-]+/y,
}

const integer = /^[+-]?(?:0|[1-9](?:_?\d)*)$/
const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
}
/** Arrays and inline tables within each other; nothing that is meant goes deeper. */
const depthMax = 20

class TomlParser {
  readonly #text: string
  readonly #root = new TomlTable()
  /** Tables that a header named: naming one again is an error. */
  readonly #named = new Set<TomlTable>()
  readonly headers: TomlHeader[] = []
  #position = 0

  constructor(text: string) {
    this.#text = text.replace(/^\uFEFF/, '')
  }

  parse(): TomlTable {
    let table = this.#root
    for (;;) {
      this.#take(tokens.space)
      if (this.#position === this.#text.length) return this.#root
      if (this.#skip('[')) table = this.#header()
      else this.#pair(table, 0)
      if (this.#take(tokens.lineEnd) === undefined)
        throw this.#error('unexpected text at the end of the line')
    }
  }

  #header(): TomlTable {
    if (this.#skip('[')) throw this.#error('arrays of tables are not supported')
    const offset = this.#text.lastIndexOf('\n', this.#position - 1) + 1
    const path = this.#key()
    this.headers.push({ path, offset })
    if (!this.#skip(']')) throw this.#error('a table header has no "]"')
    const table = this.#tableAt(this.#root, path)
    if (this.#named.has(table)) throw this.#error(`table ${path.join('.')} is there twice`)
    this.#named.add(table)
    return table
  }

  #pair(table: TomlTable, depth: number): void {
    const path = this.#key()
    if (!this.#skip('=')) throw this.#error('a key has no "="')
    this.#take(tokens.blank)
    const name = path.at(-1) ?? ''
    const parent = this.#tableAt(table, path.slice(0, -1))
    if (parent.has(name)) throw this.#error(`key ${path.join('.')} is there twice`)
    parent.lines.set(name, this.#line)
    parent.set(name, this.#value(depth))
  }

  #key(): string[] {
    const path: string[] = []
    do {
      this.#take(tokens.blank)
      const part = this.#take(tokens.bareKey)?.[0] ?? this.#string()
      if (part === undefined) throw this.#error('a key is expected')
      path.push(part)
      this.#take(tokens.blank)
    } while (this.#skip('.'))
    return path
  }

  #value(depth: number): TomlValue {
    if (depth > depthMax) throw this.#error('values are nested too deep')
    const text = this.#string()
    if (text !== undefined) return text
    if (this.#skip('[')) return this.#array(depth)
    if (this.#skip('{')) return this.#inlineTable(depth)
    const word = this.#take(tokens.word)?.[0] ?? ''
    if (word === 'true' || word === 'false') return word === 'true'
    const number = Number(word.replaceAll('_', ''))
    if (integer.test(word) && Number.isSafeInteger(number)) return number
    throw this.#error('the value is not a string, boolean, integer, array or table')
  }

  #array(depth: number): TomlValue[] {
    const values: TomlValue[] = []
    for (;;) {
      this.#take(tokens.space)
      if (this.#skip(']')) return values
      values.push(this.#value(depth + 1))
      this.#take(tokens.space)
      if (this.#skip(']')) return values
      if (!this.#skip(',')) throw this.#error('an array has neither "," nor "]"')
    }
  }

  #inlineTable(depth: number): TomlTable {
    const table = new TomlTable()
    this.#take(tokens.blank)
    if (this.#skip('}')) return table
    for (;;) {
      this.#pair(table, depth + 1)
      this.#take(tokens.blank)
      if (this.#skip('}')) return table
      if (!this.#skip(',')) throw this.#error('a table has neither "," nor "}"')
    }
  }

  #string(): string | undefined {
    if (/^(?:"""|''')/.test(this.#text.slice(this.#position, this.#position + 3)))
      throw this.#error('strings of several lines are not supported')
    const literal = this.#take(tokens.literalString)
    if (literal) return literal[1]
    const basic = this.#take(tokens.basicString)?.[1]
    return basic?.replace(/\\(u.{4}|U.{8}|.)/g, (_, escape: string) =>
      escape.length > 1 ? this.#character(parseInt(escape.slice(1), 16)) : (escapes[escape] ?? ''),
    )
  }

  #character(code: number): string {
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw this.#error('no such character')
    return String.fromCodePoint(code)
  }

  #tableAt(from: TomlTable, path: readonly string[]): TomlTable {
    let table = from
    for (const name of path) {
      const next = table.get(name) ?? new TomlTable()
      if (!(next instanceof TomlTable)) throw this.#error(`${name} is not a table`)
      if (!table.has(name)) table.lines.set(name, this.#line)
      table.set(name, next)
      table = next
    }
    return table
  }

  #take(token: RegExp): RegExpExecArray | undefined {
    token.lastIndex = this.#position
    const match = token.exec(this.#text) ?? undefined
    if (match) this.#position = token.lastIndex
    return match
  }

  #skip(character: string): boolean {
    if (this.#text[this.#position] !== character) return false
    this.#position++
    return true
  }

  get #line(): number {
    return this.#text.slice(0, this.#position).split('\n').length
  }

  #error(state: string): CodedError {
    return new CodedError('invalid-argument', `line ${this.#line}: ${state}`)
  }
}
