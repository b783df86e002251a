import type { EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { confirmAndPrune } from '../prune/confirm-and-prune.ts'
import { pruneFlags } from '../prune/prune-flags.ts'
import { prunesImages } from '../prune/prunes.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    all: switchFlag('Remove all unused images, not just dangling ones', { shorthand: 'a' }),
    ...pruneFlags,
  },
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const what = flags.all
    ? 'all images without at least one container associated to them'
    : 'all dangling images'
  await confirmAndPrune(client, prunesImages, { io, what, flags, all: flags.all })
}
