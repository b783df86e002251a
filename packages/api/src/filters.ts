import { CodedError } from '@berth/stdx'
import { parseGoBoolean } from './go-boolean.ts'

/** Values of one key are alternatives; keys must all hold. */
export type Filters = ReadonlyMap<string, readonly string[]>

/**
 * The `filters` query parameter, in either of its encodings (`{"k":{"v":true}}`, `{"k":["v"]}`), to a map. Absent or
 * empty text gives no filters. Throws `invalid-argument` on anything else and on a key that is not `allowed`.
 */
export function parseFilters(text: string | null | undefined, allowed: readonly string[]): Filters {
  const filters = new Map<string, string[]>()
  if (!text) return filters
  for (const [key, values] of Object.entries(parseRecord(text))) {
    if (!allowed.includes(key)) throw invalidFilter(` '${key}'`)
    filters.set(key, valuesOf(values))
  }
  return filters
}

function parseRecord(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalidFilter('', error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidFilter('')
  return value
}

function valuesOf(values: unknown): string[] {
  const isList = Array.isArray(values)
  if (isList && values.every((value) => typeof value === 'string')) return values
  const isSet = typeof values === 'object' && values !== null && !isList
  if (isSet && Object.values(values).every((value) => typeof value === 'boolean')) return Object.keys(values)
  throw invalidFilter('')
}

/** The encoding that every engine since 1.22 reads; undefined when there is nothing to say. */
export function formatFilters(filters: Filters): string | undefined {
  if (filters.size === 0) return undefined
  const sets = [...filters].map(([key, values]) => [
    key,
    Object.fromEntries(values.map((value) => [value, true])),
  ])
  return JSON.stringify(Object.fromEntries(sets))
}

/** The boolean filter `key`, undefined when it was not given; throws `invalid-argument` for other values and for both. */
export function booleanFilter(filters: Filters, key: string): boolean | undefined {
  const values = filters.get(key)
  if (values === undefined) return undefined
  const [first, ...others] = values.map(parseGoBoolean)
  if (first === undefined || others.length > 0) throw invalidFilter(` '${key}=[${values.join(' ')}]'`)
  return first
}

/** True when `labels` has every wanted one; a wanted label is `key` or `key=value`. */
export function matchesLabels(
  labels: Readonly<Record<string, string>> | null | undefined,
  wanted: readonly string[] | undefined,
): boolean {
  return (wanted ?? []).every((text) => {
    const equals = text.indexOf('=')
    if (equals < 0) return labels?.[text] !== undefined
    return labels?.[text.slice(0, equals)] === text.slice(equals + 1)
  })
}

function invalidFilter(what: string, cause?: unknown): CodedError {
  return new CodedError('invalid-argument', `invalid filter${what}`, { cause })
}
