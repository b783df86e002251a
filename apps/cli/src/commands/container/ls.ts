import { listContainers, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { filterFlag } from '../../command/filter-flag.ts'
import { integerFlag, switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { containerView } from '../../format/container-view.ts'
import { formatList } from '../../format/format-list.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    all: switchFlag('Show all containers (default shows just running)', { shorthand: 'a' }),
    filter: filterFlag,
    format: listFormatFlag,
    last: integerFlag('Show n last created containers (includes all states)', {
      shorthand: 'n',
      initial: -1,
    }),
    latest: switchFlag('Show the latest created container (includes all states)', { shorthand: 'l' }),
    'no-trunc': switchFlag("Don't truncate output"),
    quiet: switchFlag('Only display container IDs', { shorthand: 'q' }),
    size: switchFlag('Display total file sizes', { shorthand: 's' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, given }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const format = flags.format || (flags.quiet ? '' : (io.config.psFormat ?? ''))
  const limit = flags.latest && !given.has('last') ? 1 : flags.last
  // Sizes take the engine long, so they are asked for only where they show.
  const size = flags.size || /\.Size/.test(format)
  const containers = await listContainers(client, {
    all: flags.all,
    size: given.has('size') ? flags.size : size,
    filters: flags.filter,
    ...(limit > 0 ? { limit } : {}),
  })
  const view = containerView({ isTruncated: !flags['no-trunc'], withSize: flags.size, now: io.now() })
  io.stdout.write(await formatList(containers, view, { format, isQuiet: flags.quiet }))
}
