import { formatFlagged } from './format-verb.ts'
import type { GoValue } from './go-value.ts'

/** As Go's `%v`: lists `[a b]`, maps `map[a:1 b:2]` by key, structs `{a b}`, nil `<nil>`. */
export function formatValue(value: GoValue | undefined): string {
  return formatFlagged(value, { verb: 'v' })
}

/** As Go's `fmt.Sprint`: spaces between neighbours of which neither is a string. */
export function formatAll(values: readonly (GoValue | undefined)[]): string {
  return values
    .map((value, index) => {
      const spaced = index > 0 && !isString(values[index - 1]) && !isString(value)
      return `${spaced ? ' ' : ''}${formatValue(value)}`
    })
    .join('')
}

function isString(value: GoValue | undefined): boolean {
  return value?.type.kind === 'string'
}
