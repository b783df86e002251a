import type { Filters } from '@berth/api'
import { listImages, type EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { filterFlag } from '../../command/filter-flag.ts'
import { switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { formatList } from '../../format/format-list.ts'
import { imageRows } from '../../format/image-rows.ts'
import { formatImageTree } from '../../format/image-tree.ts'
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
    tree: switchFlag('List multi-platform images as a tree', { since: '1.47' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional: [reference] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const filters = reference === undefined ? flags.filter : new Map(flags.filter).set('reference', [reference])
  if (flags.tree) return showTree(client, { flags, filters }, io)
  const images = await listImages(client, { all: flags.all, filters })
  const format = flags.format || (flags.quiet ? '' : (io.config.imagesFormat ?? ''))
  const withDigests = flags.digests || /\.Digest/.test(format)
  const view = imageView({ isTruncated: !flags['no-trunc'], withDigests: flags.digests, now: io.now() })
  io.stdout.write(await formatList(imageRows(images, withDigests), view, { format, isQuiet: flags.quiet }))
}

type Flags = Arguments<typeof definition>['flags']

async function showTree(
  client: EngineClient,
  { flags, filters }: { flags: Flags; filters: Filters },
  io: Io,
): Promise<void> {
  const conflicting = (['quiet', 'no-trunc', 'digests', 'format'] as const).find((name) => flags[name])
  if (conflicting !== undefined)
    throw new CodedError('invalid-argument', `--${conflicting} is not yet supported with --tree`)
  const images = await listImages(client, { all: flags.all, filters, manifests: true })
  const columns = io.stdout.isTTY ? io.stdout.columns : undefined
  io.stdout.write(await formatImageTree(images, { all: flags.all, columns }))
}
