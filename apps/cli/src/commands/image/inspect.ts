import type { EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag } from '../../command/flag.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { platformJson } from '../../command/platform-json.ts'
import { printInspection } from '../print-inspection.ts'
import { inspectedImage } from './inspected-image.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    format: objectFormatFlag,
    platform: stringFlag(
      'Inspect a specific platform of a multi-platform image, formatted as "os[/arch[/variant]]"',
      { since: '1.49' },
    ),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const platform = platformJson(flags.platform)
  await printInspection(positional, { io, format: flags.format }, (name) =>
    inspectedImage(client, name, platform),
  )
}
