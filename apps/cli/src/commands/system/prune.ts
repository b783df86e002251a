import type { Filters } from '@berth/api'
import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { confirm } from '../../command/confirm.ts'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { pruneFilters } from '../prune/prune-filters.ts'
import { pruneFlags } from '../prune/prune-flags.ts'
import { formatFreed, formatPruned } from '../prune/pruned.ts'
import {
  prunesBuildCache,
  prunesContainers,
  prunesImages,
  prunesNetworks,
  prunesVolumes,
  type Prune,
} from '../prune/prunes.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    all: switchFlag('Remove all unused images not just dangling ones', { shorthand: 'a' }),
    volumes: switchFlag('Prune anonymous volumes'),
    ...pruneFlags,
  },
})

interface Step {
  what: string
  prune: Prune
  all: boolean
}

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  if (flags.volumes && flags.filter.has('until'))
    throw new CodedError('invalid-argument', 'ERROR: The "until" filter is not supported with "--volumes"')
  const steps = stepsOf(flags)
  const filters = pruneFilters(flags.filter, io.config)
  if (!flags.force && !(await confirm(warningOf(steps, filters), io))) return
  let freedBytes = 0
  for (const { prune, all } of steps) {
    const pruned = await prune(client, { filters, all })
    io.stdout.write(formatPruned(pruned))
    freedBytes += pruned.freedBytes ?? 0
  }
  io.stdout.write(formatFreed(freedBytes))
}

/** In an order in which each leaves the next more to take: containers hold images, networks and volumes. */
function stepsOf({ all, volumes }: { all: boolean; volumes: boolean }): Step[] {
  const images = all ? 'all images without at least one container associated to them' : 'all dangling images'
  return [
    { what: 'all stopped containers', prune: prunesContainers, all },
    { what: 'all networks not used by at least one container', prune: prunesNetworks, all },
    ...(volumes
      ? [
          {
            what: 'all anonymous volumes not used by at least one container',
            prune: prunesVolumes,
            all: false,
          },
        ]
      : []),
    { what: images, prune: prunesImages, all },
    { what: all ? 'all build cache' : 'unused build cache', prune: prunesBuildCache, all },
  ]
}

function warningOf(steps: readonly Step[], filters: Filters): string {
  const shown = [...filters].flatMap(([key, values]) => values.map((value) => `${key}=${value}`)).sort()
  return [
    'WARNING! This will remove:',
    ...steps.map(({ what }) => `  - ${what}`),
    '',
    ...(shown.length === 0
      ? []
      : ['  Items to be pruned will be filtered with:', ...shown.map((text) => `  - ${text}`), '']),
    'Are you sure you want to continue?',
  ].join('\n')
}
