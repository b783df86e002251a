import type { EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { printInspection } from '../print-inspection.ts'
import { inspectedVolume } from './inspected-volume.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  positional: { min: 1, max: anyNumber },
  flags: { format: objectFormatFlag },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  await printInspection(positional, { io, format: flags.format }, (name) => inspectedVolume(client, name))
}
