import { stopContainer, type EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { integerFlag, stringFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { each } from '../each.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    signal: stringFlag('Signal to send to the container', { shorthand: 's' }),
    time: integerFlag('Seconds to wait before killing the container (deprecated: use --timeout)', {
      isHidden: true,
    }),
    timeout: integerFlag('Seconds to wait before killing the container', { shorthand: 't' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, given, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const timeout = given.has('timeout') ? flags.timeout : given.has('time') ? flags.time : undefined
  await each(positional, { io }, async (name) => {
    await stopContainer(client, name, { timeout, stopSignal: flags.signal || undefined })
    return name
  })
}
