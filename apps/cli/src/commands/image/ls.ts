import { listImages, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { filterFlag } from '../../command/filter-flag.ts'
import { switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { formatList } from '../../format/format-list.ts'
import { imageRows } from '../../format/image-rows.ts'
import { imageView } from '../../format/image-view.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  positional: { min: 0, max: 1 },
  flags: {
    all: switchFlag('Show all images (default hides intermediate images)', { shorthand: 'a' }),
    digests: switchFlag('Show digests'),
    filter: filterFlag,
    format: listFormatFlag,
    'no-trunc': switchFlag("Don't truncate output"),
    quiet: switchFlag('Only show image IDs', { shorthand: 'q' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional: [reference] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const filters = reference === undefined ? flags.filter : new Map(flags.filter).set('reference', [reference])
  const images = await listImages(client, { all: flags.all, filters })
  const format = flags.format || (flags.quiet ? '' : (io.config.imagesFormat ?? ''))
  const withDigests = flags.digests || /\.Digest/.test(format)
  const view = imageView({ isTruncated: !flags['no-trunc'], withDigests: flags.digests, now: io.now() })
  io.stdout.write(await formatList(imageRows(images, withDigests), view, { format, isQuiet: flags.quiet }))
}
