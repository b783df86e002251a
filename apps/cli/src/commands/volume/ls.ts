import { listVolumes, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { filterFlag } from '../../command/filter-flag.ts'
import { switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { formatList } from '../../format/format-list.ts'
import { volumeView } from '../../format/volume-view.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    filter: filterFlag,
    format: listFormatFlag,
    quiet: switchFlag('Only display volume names', { shorthand: 'q' }),
  },
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const volumes = await listVolumes(client, { filters: flags.filter })
  const inOrder = volumes.sort((a, b) => a.Name.localeCompare(b.Name, 'en', { numeric: true }))
  const format = flags.format || (flags.quiet ? '' : (io.config.volumesFormat ?? ''))
  io.stdout.write(await formatList(inOrder, volumeView, { format, isQuiet: flags.quiet }))
}
