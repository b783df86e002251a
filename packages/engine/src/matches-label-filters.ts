import { matchesLabels, type Filters } from '@berth/api'

/** True of labels that have every `label` and none of `label!`. */
export function matchesLabelFilters(
  labels: Readonly<Record<string, string>> | null,
  filters: Filters,
): boolean {
  const unwanted = filters.get('label!') ?? []
  return (
    matchesLabels(labels, filters.get('label')) && unwanted.every((label) => !matchesLabels(labels, [label]))
  )
}
