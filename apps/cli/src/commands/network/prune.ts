import type { EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { confirmAndPrune } from '../prune/confirm-and-prune.ts'
import { pruneFlags } from '../prune/prune-flags.ts'
import { prunesNetworks } from '../prune/prunes.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: pruneFlags,
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  await confirmAndPrune(client, prunesNetworks, {
    io,
    what: 'all custom networks not used by at least one container',
    flags,
  })
}
