import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { resolve } from 'node:path'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { changeMirrors } from '../../mirrors/change-mirrors.ts'
import { bareMirror } from '../../mirrors/mirror-file.ts'
import { mirroredRegistry, mirrorFlags } from './mirror-flags.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] [URL...]',
  positional: { min: 0, max: anyNumber },
  flags: { ...mirrorFlags, all: switchFlag('Remove every mirror of the registry', { shorthand: 'a' }) },
})

/** A mirror that is not there is an error, and then none is removed. */
export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  if (flags.all !== (positional.length === 0))
    throw new CodedError('invalid-argument', 'Name the mirrors to remove, or say --all')
  const registry = mirroredRegistry(flags)
  const wanted = positional.map(bareMirror)
  const change = (mirrors: readonly string[]) => {
    const unknown = wanted.filter((url) => !mirrors.includes(url))
    if (unknown.length > 0)
      throw new CodedError('not-found', `No such mirror of ${registry}: ${unknown.join(', ')}`)
    return flags.all ? [] : mirrors.filter((url) => !wanted.includes(url))
  }
  const configFile = resolve(io.folder, flags['config-file'])
  await changeMirrors(client, { registry, configFile, change }, io)
}
