import { messageOf } from '@berth/stdx'
import type { Flag, Flags, FlagValues } from './flag.ts'
import { nearest } from './nearest.ts'
import { UsageError } from './usage-error.ts'

export interface ParsedFlags<F extends Flags = Flags> {
  flags: FlagValues<F>
  given: ReadonlySet<string>
  positional: string[]
  /** `--help`, or `-h` where no flag of the command has it. */
  wantsHelp: boolean
}

const badFlagStatus = 125

/**
 * Reads arguments as Go's pflag does: `--name value`, `--name=value`, `-n value`, `-n=value`, `-nvalue`, switches
 * joined (`-it`), `--` ends. With `stopsAtPositional` the first word that is no flag ends it too.
 */
export function parseFlags<F extends Flags>(
  table: F,
  words: readonly string[],
  stopsAtPositional = false,
): ParsedFlags<F> {
  return new FlagParser(table, words).parse(stopsAtPositional) as ParsedFlags<F>
}

class FlagParser {
  readonly #table: Flags
  readonly #words: string[]
  readonly #values: Record<string, unknown>
  readonly #given = new Set<string>()
  readonly #positional: string[] = []
  #wantsHelp = false

  constructor(table: Flags, words: readonly string[]) {
    this.#table = table
    this.#words = [...words]
    this.#values = Object.fromEntries(Object.entries(table).map(([name, flag]) => [name, flag.initial]))
  }

  parse(stopsAtPositional: boolean): ParsedFlags {
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word === '--') break
      if (word.startsWith('--')) this.#parseLong(word)
      else if (word.startsWith('-') && word.length > 1) this.#parseShort(word.slice(1))
      else {
        this.#positional.push(word)
        if (stopsAtPositional) break
      }
      if (this.#wantsHelp) break
    }
    this.#positional.push(...this.#words)
    return {
      flags: this.#values,
      given: this.#given,
      positional: this.#positional,
      wantsHelp: this.#wantsHelp,
    }
  }

  #parseLong(word: string): void {
    const equals = word.indexOf('=')
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
    if (name === '' || name.startsWith('-')) throw new UsageError(badFlagStatus, `bad flag syntax: ${word}`)
    const flag = this.#find(name)
    if (!flag) {
      if (name === 'help') this.#wantsHelp = true
      else throw this.#unknown(name)
    } else if (equals >= 0) this.#set(name, word.slice(equals + 1))
    else if (flag.isSwitch) this.#set(name, 'true')
    else
      this.#set(
        name,
        this.#next(() => `flag needs an argument: --${name}`),
      )
  }

  /** One or more shorthands in a word; a value takes the rest of it. */
  #parseShort(letters: string): void {
    let rest = letters
    while (rest.length > 0) {
      const letter = String.fromCodePoint(rest.codePointAt(0) ?? 0)
      const name = this.#byShorthand(letter)
      if (name === undefined) {
        if (letter !== 'h')
          throw new UsageError(badFlagStatus, `unknown shorthand flag: '${letter}' in -${rest}`)
        this.#wantsHelp = true
        return
      }
      rest = this.#setShort(name, rest)
    }
  }

  /** Sets the flag whose letter `rest` begins with; gives what is left of the word. */
  #setShort(name: string, rest: string): string {
    if (rest.length > 2 && rest[1] === '=') {
      this.#set(name, rest.slice(2))
      return ''
    }
    if (this.#find(name)?.isSwitch) {
      this.#set(name, 'true')
      return rest.slice(1)
    }
    this.#set(
      name,
      rest.length > 1 ? rest.slice(1) : this.#next(() => `flag needs an argument: '${rest}' in -${rest}`),
    )
    return ''
  }

  #next(complaint: () => string): string {
    const word = this.#words.shift()
    if (word === undefined) throw new UsageError(badFlagStatus, complaint())
    return word
  }

  #find(name: string): Flag<unknown> | undefined {
    return Object.hasOwn(this.#table, name) ? this.#table[name] : undefined
  }

  #byShorthand(letter: string): string | undefined {
    return Object.keys(this.#table).find((name) => this.#table[name]?.shorthand === letter)
  }

  #set(name: string, text: string): void {
    const flag = this.#find(name)
    if (!flag) return
    try {
      this.#values[name] = flag.parse(text, this.#values[name])
    } catch (error) {
      const shown = flag.shorthand === undefined ? `--${name}` : `-${flag.shorthand}, --${name}`
      const message = `invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${messageOf(error)}`
      throw new UsageError(badFlagStatus, message)
    }
    this.#given.add(name)
  }

  #unknown(name: string): UsageError {
    const visible = Object.keys(this.#table).filter((known) => !this.#table[known]?.isHidden)
    const close = nearest(name, visible)
    return new UsageError(badFlagStatus, `unknown flag: --${name}`, close && `Did you mean --${close}?`)
  }
}
