import { formatSize } from '@berth/api'

/** What a prune took away. */
export interface Pruned {
  /** `Deleted Images:`. */
  readonly heading: string
  readonly lines: readonly string[]
  /** What became free; absent where that is not counted. */
  readonly freedBytes?: number
}

/** The list of what went; '' when nothing did. */
export function formatPruned({ heading, lines }: Pruned): string {
  return lines.length === 0 ? '' : [heading, ...lines, '', ''].join('\n')
}

export function formatFreed(bytes: number): string {
  return `Total reclaimed space: ${formatSize(bytes)}\n`
}
