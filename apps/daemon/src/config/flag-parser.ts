import { parseGoBoolean } from '@berth/api'
import { CodedError } from '@berth/stdx'

/** One flag, as data: the parser, the help text and the merge with the configuration file read the same table. */
export interface FlagDefinition {
  name: string
  shorthand?: string
  /** `list` may be repeated, `map` too: each value is `key=value`. */
  kind: 'bool' | 'string' | 'int' | 'list' | 'map'
  description: string
  /** For the help text: what a value is, and what holds when the flag is not given. */
  placeholder?: string
  fallback?: string
}

export type FlagValue = boolean | string | number | string[] | Record<string, string>

export interface ParsedFlags {
  /** By flag name; only flags that were given. */
  values: Map<string, FlagValue>
  positionals: string[]
}

/**
 * Reads arguments by the rules of pflag: `--name value`, `--name=value`, `--switch`, `--switch=false`, `-n value`,
 * `-nvalue`, `-n=value`, joined switches, `--` before what is no flag. Throws `invalid-argument` in pflag's words.
 */
export function parseFlags(definitions: readonly FlagDefinition[], argv: readonly string[]): ParsedFlags {
  const parsed: ParsedFlags = { values: new Map(), positionals: [] }
  const rest = [...argv]
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--') parsed.positionals.push(...rest.splice(0))
    else if (argument.startsWith('--')) readLong(definitions, argument, { rest, parsed })
    else if (argument.startsWith('-') && argument !== '-') readShort(definitions, argument, { rest, parsed })
    else parsed.positionals.push(argument)
  }
  return parsed
}

interface Reading {
  rest: string[]
  parsed: ParsedFlags
}

function readLong(definitions: readonly FlagDefinition[], argument: string, { rest, parsed }: Reading): void {
  const equals = argument.indexOf('=')
  const name = argument.slice(2, equals < 0 ? undefined : equals)
  if (name === '' || name.startsWith('-')) throw invalid(`bad flag syntax: ${argument}`)
  const flag = definitions.find((definition) => definition.name === name)
  if (!flag) throw invalid(`unknown flag: --${name}`)
  if (equals >= 0) return store(parsed, flag, argument.slice(equals + 1))
  if (flag.kind === 'bool') return store(parsed, flag, 'true')
  const value = rest.shift()
  if (value === undefined) throw invalid(`flag needs an argument: --${name}`)
  store(parsed, flag, value)
}

function readShort(
  definitions: readonly FlagDefinition[],
  argument: string,
  { rest, parsed }: Reading,
): void {
  let letters = argument.slice(1)
  while (letters !== '') {
    const letter = letters.slice(0, 1)
    const flag = definitions.find((definition) => definition.shorthand === letter)
    if (!flag) throw invalid(`unknown shorthand flag: '${letter}' in -${letters}`)
    const tail = letters.slice(1)
    if (tail.startsWith('=')) return store(parsed, flag, tail.slice(1))
    if (flag.kind === 'bool') {
      store(parsed, flag, 'true')
      letters = tail
      continue
    }
    const value = tail === '' ? rest.shift() : tail
    if (value === undefined) throw invalid(`flag needs an argument: '${letter}' in -${letters}`)
    return store(parsed, flag, value)
  }
}

function store({ values }: ParsedFlags, flag: FlagDefinition, text: string): void {
  const before = values.get(flag.name)
  switch (flag.kind) {
    case 'bool':
      return void values.set(flag.name, readBoolean(flag, text))
    case 'int':
      return void values.set(flag.name, readInteger(flag, text))
    case 'string':
      return void values.set(flag.name, text)
    case 'list':
      return void values.set(flag.name, [...((before as string[] | undefined) ?? []), text])
    case 'map':
      return void values.set(flag.name, {
        ...(before as Record<string, string> | undefined),
        ...readPair(flag, text),
      })
    default:
      flag.kind satisfies never
  }
}

function readBoolean(flag: FlagDefinition, text: string): boolean {
  const value = parseGoBoolean(text)
  if (value === undefined)
    throw badValue(flag, text, `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
  return value
}

function readInteger(flag: FlagDefinition, text: string): number {
  if (!/^[+-]?\d{1,15}$/.test(text))
    throw badValue(flag, text, `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

function readPair(flag: FlagDefinition, text: string): Record<string, string> {
  const equals = text.indexOf('=')
  if (equals <= 0) throw badValue(flag, text, `invalid ${flag.placeholder ?? 'key=value'} argument: ${text}`)
  return { [text.slice(0, equals)]: text.slice(equals + 1) }
}

function badValue(flag: FlagDefinition, text: string, state: string): CodedError {
  const name = flag.shorthand === undefined ? `--${flag.name}` : `-${flag.shorthand}, --${flag.name}`
  return invalid(`invalid argument ${JSON.stringify(text)} for "${name}" flag: ${state}`)
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
