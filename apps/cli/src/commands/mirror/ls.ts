import type { EngineClient } from '@berth/client'
import { resolve } from 'node:path'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { formatList } from '../../format/format-list.ts'
import { mirrorView } from '../../format/mirror-view.ts'
import { writtenMirrors, writtenMirrorsOf, type WrittenMirror } from '../../mirrors/list-mirrors.ts'
import { hubRegistry } from '../../mirrors/mirror-file.ts'
import { engineStateOf, type EngineState } from '../../mirrors/tell-engine.ts'
import { mirroredRegistry, mirrorFlags } from './mirror-flags.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: {
    'config-file': mirrorFlags['config-file'],
    for: stringFlag('Only the mirrors of this registry'),
    format: listFormatFlag,
    quiet: switchFlag('Only display URLs', { shorthand: 'q' }),
  },
})

export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const configFile = resolve(io.folder, flags['config-file'])
  const mirrors = flags.for
    ? await writtenMirrorsOf(mirroredRegistry(flags), configFile)
    : await writtenMirrors(configFile)
  const engine = await engineStateOf(client, configFile)
  const listed = mirrors.map((mirror) => {
    const isRead = engine.kind === 'reads-it' || mirror.file !== configFile
    return { ...mirror, state: isRead ? stateOf(mirror, engine) : unreadState(engine) }
  })
  io.stdout.write(await formatList(listed, mirrorView, { format: flags.format, isQuiet: flags.quiet }))
}

/** Of a mirror in a configuration file that the engine, if there is one, does not read. */
const unreadState = ({ kind }: EngineState): string =>
  kind === 'reads-another' ? 'not read by the engine' : ''

/** What the engine knows of a mirror; '' when there is no engine that would. */
function stateOf({ registry, url, file }: WrittenMirror, engine: EngineState): string {
  if (engine.kind === 'absent' || engine.kind === 'not-ours') return ''
  const { ConfigFile, Down, Mirrors } = engine.report
  const down = Down.find(({ Mirror }) => Mirror === url)
  if (down) return `failed, asked last for ${down.Seconds} s`
  const isTold = registry === hubRegistry && file === ConfigFile
  return isTold && !Mirrors.some((used) => used.replace(/\/+$/, '') === url) ? 'not in use yet' : 'in use'
}
