import type { Filters } from '@berth/api'
import { CodedError } from '@berth/stdx'
import { matchesLabelFilters } from './matches-label-filters.ts'
import { parseInstant } from './parse-instant.ts'

/** Filters that all prunes know. */
export const pruneFilterNames = ['label', 'label!', 'until'] as const

/** What a filter looks at. */
export interface Prunable {
  labels: Readonly<Record<string, string>> | null
  /** RFC 3339. */
  createdAt: string
}

/** True for what the filters let go: made before `until`, with every `label` and with none of `label!`. */
export function pruneFilter(filters: Filters): (object: Prunable) => boolean {
  const [until, ...more] = filters.get('until') ?? []
  if (more.length > 0) throw new CodedError('invalid-argument', 'more than one until filter specified')
  const limit = until === undefined ? Infinity : parseInstant(until)
  return ({ labels, createdAt }) => Date.parse(createdAt) < limit && matchesLabelFilters(labels, filters)
}
