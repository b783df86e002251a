import type { Filters } from '@berth/api'
import type { EngineClient } from '@berth/client'
import { confirm } from '../../command/confirm.ts'
import type { Io } from '../../command/io.ts'
import { pruneFilters } from './prune-filters.ts'
import { formatFreed, formatPruned } from './pruned.ts'
import type { Prune } from './prunes.ts'

export interface PruneChoice {
  /** What the warning says will go: `all stopped containers`. */
  what: string
  flags: { readonly filter: Filters; readonly force: boolean }
  all?: boolean
}

/** Removes what is not used of one kind, if that is what is wanted; a no is no failure. */
export async function confirmAndPrune(
  client: EngineClient,
  prune: Prune,
  { io, what, flags, all = false }: PruneChoice & { io: Io },
): Promise<void> {
  const warning = `WARNING! This will remove ${what}.\nAre you sure you want to continue?`
  if (!flags.force && !(await confirm(warning, io))) return
  const pruned = await prune(client, { filters: pruneFilters(flags.filter, io.config), all })
  io.stdout.write(formatPruned(pruned))
  if (pruned.freedBytes !== undefined) io.stdout.write(formatFreed(pruned.freedBytes))
}
