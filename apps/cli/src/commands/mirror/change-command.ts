import type { EngineClient } from '@berth/client'
import { resolve } from 'node:path'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { changeMirrors } from '../../mirrors/change-mirrors.ts'
import { mirroredRegistry, mirrorFlags } from './mirror-flags.ts'

export const changeDefinition = defineCommand({
  usage: '[OPTIONS] URL [URL...]',
  positional: { min: 1, max: anyNumber },
  flags: mirrorFlags,
})

type Change = (named: readonly string[], known: readonly string[]) => readonly string[]

/** A command that makes the mirrors of a registry out of those that are named and those that there are. */
export function changeCommand(change: Change) {
  return async (
    client: EngineClient,
    { flags, positional }: Arguments<typeof changeDefinition>,
    io: Io,
  ): Promise<void> => {
    const configFile = resolve(io.folder, flags['config-file'])
    const registry = mirroredRegistry(flags)
    await changeMirrors(client, { registry, configFile, change: (known) => change(positional, known) }, io)
  }
}
