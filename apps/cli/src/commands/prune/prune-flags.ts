import { filterFlag } from '../../command/filter-flag.ts'
import { switchFlag } from '../../command/flag.ts'

const { shorthand: _, ...filter } = filterFlag

/** What every prune takes; `-f` is force here. */
export const pruneFlags = {
  filter: { ...filter, description: 'Provide filter values (e.g. "until=<timestamp>")' },
  force: switchFlag('Do not prompt for confirmation', { shorthand: 'f' }),
}
