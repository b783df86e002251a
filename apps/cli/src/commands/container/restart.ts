import { restartContainer, type EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { each } from '../each.ts'
import { stopFlags, stopOptions } from './stop-flags.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  positional: { min: 1, max: anyNumber },
  flags: stopFlags,
})

export async function run(
  client: EngineClient,
  { flags, given, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const options = stopOptions({ flags, given })
  await each(positional, { io }, async (name) => {
    await restartContainer(client, name, options)
    return name
  })
}
