import type { EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { printInspection } from '../print-inspection.ts'
import { inspectedContainer } from './inspected-container.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  positional: { min: 1, max: anyNumber },
  flags: { format: objectFormatFlag, size: switchFlag('Display total file sizes', { shorthand: 's' }) },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  await printInspection(positional, { io, format: flags.format }, (name) =>
    inspectedContainer(client, name, flags.size),
  )
}
