import type { Filters } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { Flag } from './flag.ts'

/** `--filter key=value`, repeatable; values of one key are alternatives. */
export const filterFlag: Flag<Filters> = {
  kind: 'filter',
  shorthand: 'f',
  description: 'Filter output based on conditions provided',
  initial: new Map(),
  parse(text, previous) {
    const equals = text.indexOf('=')
    if (text === '') return previous
    if (equals < 0) throw new CodedError('invalid-argument', 'bad format of filter (expected name=value)')
    const key = text.slice(0, equals).trim().toLowerCase()
    const value = text.slice(equals + 1).trim()
    return new Map(previous).set(key, [...(previous.get(key) ?? []), value])
  },
}
