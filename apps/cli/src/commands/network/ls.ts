import { listNetworks, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { filterFlag } from '../../command/filter-flag.ts'
import { switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { formatList } from '../../format/format-list.ts'
import { networkView } from '../../format/network-view.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    filter: filterFlag,
    format: listFormatFlag,
    'no-trunc': switchFlag('Do not truncate the output'),
    quiet: switchFlag('Only display network IDs', { shorthand: 'q' }),
  },
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const networks = await listNetworks(client, { filters: flags.filter })
  const inOrder = networks.sort((a, b) => a.Name.localeCompare(b.Name, 'en', { numeric: true }))
  const format = flags.format || (flags.quiet ? '' : (io.config.networksFormat ?? ''))
  const view = networkView({ isTruncated: !flags['no-trunc'] })
  io.stdout.write(await formatList(inOrder, view, { format, isQuiet: flags.quiet }))
}
