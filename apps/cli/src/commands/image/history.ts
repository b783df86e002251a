import { getImageHistory, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { validPlatformJson } from '../../command/platform-json.ts'
import { formatList } from '../../format/format-list.ts'
import { historyView } from '../../format/history-view.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] IMAGE',
  positional: { min: 1, max: 1 },
  flags: {
    format: listFormatFlag,
    human: switchFlag('Print sizes and dates in human readable format', { shorthand: 'H', initial: true }),
    'no-trunc': switchFlag("Don't truncate output"),
    platform: stringFlag('Show history for the given platform, formatted as "os[/arch[/variant]]"', {
      since: '1.48',
    }),
    quiet: switchFlag('Only show image IDs', { shorthand: 'q' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional: [image = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const history = await getImageHistory(client, image, { platform: validPlatformJson(flags.platform) })
  const view = historyView({ isTruncated: !flags['no-trunc'], isHuman: flags.human, now: io.now() })
  io.stdout.write(await formatList(history, view, { format: flags.format, isQuiet: flags.quiet }))
}
