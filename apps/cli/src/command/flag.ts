import { parseBinarySize, parseGoBoolean, parseGoDuration } from '@berth/api'
import { CodedError } from '@berth/stdx'

/** One flag of a command: how its text is read and how help shows it. Its long name is its key in the table. */
export interface Flag<T> {
  /** The word for its value in help; '' for switches. */
  readonly kind: string
  readonly description: string
  readonly shorthand?: string
  readonly initial: T
  /** What help shows as default; absent shows none. */
  readonly defaultText?: string
  /** True when it needs no value: `--all` is `--all=true`. */
  readonly isSwitch?: boolean
  readonly isHidden?: boolean
  /** The version of the API that knows it, where not every engine does. */
  readonly since?: string
  /** The value after one more occurrence; throws an error whose message says why not. */
  parse(text: string, previous: T): T
}

export type Flags = Readonly<Record<string, Flag<unknown>>>

export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

export interface FlagOptions {
  shorthand?: string
  isHidden?: boolean
  since?: string
}

export function switchFlag(
  description: string,
  options: FlagOptions & { initial?: boolean } = {},
): Flag<boolean> {
  const { initial = false, ...rest } = options
  return {
    ...rest,
    kind: '',
    description,
    initial,
    isSwitch: true,
    ...(initial ? { defaultText: 'true' } : {}),
    parse: parseSwitch,
  }
}

/** Text; the last one counts. */
export function stringFlag(
  description: string,
  options: FlagOptions & { initial?: string; kind?: string } = {},
): Flag<string> {
  const { initial = '', kind = 'string', ...rest } = options
  return {
    ...rest,
    kind,
    description,
    initial,
    ...(initial === '' ? {} : { defaultText: JSON.stringify(initial) }),
    parse: (text) => text,
  }
}

export interface ListFlagOptions extends FlagOptions {
  kind?: string
  defaultText?: string
}

/** Each occurrence adds one; `check` throws when it is none. */
export function listFlag(
  description: string,
  { check, ...options }: ListFlagOptions & { check?: (text: string) => unknown } = {},
): Flag<readonly string[]> {
  return valuesFlag(description, {
    ...options,
    parse(text) {
      check?.(text)
      return text
    },
  })
}

/** Each occurrence adds one, read by `parse`. */
export function valuesFlag<T>(
  description: string,
  { parse, kind = 'list', ...options }: ListFlagOptions & { parse: (text: string) => T },
): Flag<readonly T[]> {
  return { ...options, kind, description, initial: [], parse: (text, previous) => [...previous, parse(text)] }
}

export function integerFlag(
  description: string,
  options: FlagOptions & { initial?: number; kind?: string; min?: number; max?: number } = {},
): Flag<number> {
  const { initial = 0, kind = 'int', min, max, ...rest } = options
  const shown = initial === 0 ? {} : { defaultText: String(initial) }
  const range = { kind, min: min ?? Number.MIN_SAFE_INTEGER, max: max ?? Number.MAX_SAFE_INTEGER }
  return { ...rest, kind, description, initial, ...shown, parse: (text) => parseInteger(text, range) }
}

/** A size in powers of 1024. */
export function bytesFlag(description: string, options: FlagOptions = {}): Flag<number> {
  return { ...options, kind: 'bytes', description, initial: 0, parse: parseBinarySize }
}

/** Nanoseconds. */
export function durationFlag(description: string, options: FlagOptions = {}): Flag<number> {
  return { ...options, kind: 'duration', description, initial: 0, defaultText: '0s', parse: parseGoDuration }
}

/** `key=value` pairs; a key alone has an empty value. `check` throws when it is none. */
export function mapFlag(
  description: string,
  { check, ...options }: FlagOptions & { check?: (text: string) => unknown } = {},
): Flag<Readonly<Record<string, string>>> {
  return {
    ...options,
    kind: 'map',
    description,
    initial: {},
    defaultText: 'map[]',
    parse(text, previous) {
      check?.(text)
      const equals = text.indexOf('=')
      return equals < 0
        ? { ...previous, [text]: '' }
        : { ...previous, [text.slice(0, equals)]: text.slice(equals + 1) }
    },
  }
}

function parseSwitch(text: string): boolean {
  const value = parseGoBoolean(text)
  if (value === undefined)
    throw new CodedError(
      'invalid-argument',
      `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
    )
  return value
}

function parseInteger(text: string, { kind, min, max }: { kind: string; min: number; max: number }): number {
  const name = kind.startsWith('uint') ? 'ParseUint' : 'ParseInt'
  const fail = (why: string) =>
    new CodedError('invalid-argument', `strconv.${name}: parsing ${JSON.stringify(text)}: ${why}`)
  if (!/^[+-]?(0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|\d+)$/.test(text)) throw fail('invalid syntax')
  const sign = text.startsWith('-') ? -1 : 1
  const value = sign * Number(text.replace(/^[+-]/, '').replace(/^0[oO]?(?=[0-7])/, '0o'))
  if (value < min || value > max) throw fail('value out of range')
  return value
}
