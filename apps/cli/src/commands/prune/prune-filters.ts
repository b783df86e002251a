import type { Filters } from '@berth/api'
import type { CliConfig } from '../../config/cli-config.ts'

/** The filters of the command line and those of config.json that say nothing against them. */
export function pruneFilters(given: Filters, { pruneFilters: standing = [] }: CliConfig): Filters {
  const filters = new Map(given)
  for (const text of standing) {
    const [key = '', ...rest] = text.split('=')
    const value = rest.join('=')
    if (rest.length === 0 || isDenied(given, key, value)) continue
    filters.set(key, [...new Set([...(filters.get(key) ?? []), value])])
  }
  return filters
}

/** `label` and `label!` of one value would leave nothing. */
function isDenied(given: Filters, key: string, value: string): boolean {
  const opposite = { label: 'label!', 'label!': 'label' }[key]
  return opposite !== undefined && (given.get(opposite) ?? []).includes(value)
}
