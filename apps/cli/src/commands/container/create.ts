import type { EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { containerFlags, creationFlags } from './config/container-flags.ts'
import { createFromFlags } from './create-container.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  positional: { min: 1, max: anyNumber },
  stopsAtPositional: true,
  failureStatus: 125,
  flags: { ...containerFlags, ...creationFlags },
})

export async function run(
  client: EngineClient,
  { flags, given, positional: [image = '', ...command] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const { id } = await createFromFlags(client, { flags, given, image, command }, io)
  io.stdout.write(`${id}\n`)
}
