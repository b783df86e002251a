import type { EngineClient } from '@berth/client'
import { resolve } from 'node:path'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { changeMirrors } from '../../mirrors/change-mirrors.ts'
import { mirroredRegistry, mirrorFlags } from './mirror-flags.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] URL [URL...]',
  positional: { min: 1, max: anyNumber },
  flags: mirrorFlags,
})

/** Asked after those that there are. */
export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const change = (mirrors: readonly string[]) => [...mirrors, ...positional]
  const configFile = resolve(io.folder, flags['config-file'])
  await changeMirrors(client, { registry: mirroredRegistry(flags), configFile, change }, io)
}
