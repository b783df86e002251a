import { killContainer, type EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { each } from '../each.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  positional: { min: 1, max: anyNumber },
  flags: { signal: stringFlag('Signal to send to the container', { shorthand: 's' }) },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  await each(positional, { io }, async (name) => {
    await killContainer(client, name, { killSignal: flags.signal || undefined })
    return name
  })
}
