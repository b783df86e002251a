import type { EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { confirmAndPrune } from '../prune/confirm-and-prune.ts'
import { pruneFlags } from '../prune/prune-flags.ts'
import { prunesVolumes } from '../prune/prunes.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    all: switchFlag('Remove all unused volumes, not just anonymous ones', { shorthand: 'a' }),
    ...pruneFlags,
  },
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const what = flags.all
    ? 'all local volumes not used by at least one container'
    : 'anonymous local volumes not used by at least one container'
  await confirmAndPrune(client, prunesVolumes, { io, what, flags, all: flags.all })
}
