import type { EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'

export const definition = defineCommand({
  usage: '',
  isOffline: true,
  positional: { min: 0, max: 0 },
  flags: {},
})

export async function run(_client: EngineClient, _args: Arguments<typeof definition>, io: Io): Promise<void> {
  io.stdout.write(`${io.contextName}\n`)
}
