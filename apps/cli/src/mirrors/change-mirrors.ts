import type { EngineClient } from '@berth/client'
import type { Io } from '../command/io.ts'
import { writeConfigurationFile } from './configuration-file.ts'
import { bareMirror, openMirrorFile, type MirrorFile } from './mirror-file.ts'
import { engineStateOf, tellEngine } from './tell-engine.ts'

export interface MirrorChange {
  registry: string
  configFile: string
  /** From the mirrors that are written down to those that are to be. */
  change: (mirrors: readonly string[]) => readonly string[]
}

/**
 * Changes the mirrors of one registry where they are written down, and lets the engine know. A file that is broken is left
 * alone, and one that the engine refuses is put back as it was.
 */
export async function changeMirrors(
  client: EngineClient,
  { registry, configFile, change }: MirrorChange,
  io: Io,
): Promise<void> {
  const file = await openMirrorFile(registry, configFile)
  const mirrors = [...new Set(change(file.mirrors).map(bareMirror))]
  if (mirrors.join(' ') === file.mirrors.join(' ')) {
    io.stdout.write(`Nothing to change: ${described(registry, mirrors)}\n`)
    return
  }
  const told = await apply(client, { file, text: file.withMirrors(mirrors) })
  io.stdout.write(`${file.path}: ${described(registry, mirrors)}\n`)
  io.stderr.write(`${told}\n`)
}

async function apply(
  client: EngineClient,
  { file, text }: { file: MirrorFile; text: string },
): Promise<string> {
  const { path } = file
  if (!file.isReadOnce) {
    await writeConfigurationFile({ path, text: text.trim() === '' ? undefined : text })
    return 'Engines of this machine use it from the next pull on.'
  }
  const state = await engineStateOf(client, path)
  await writeConfigurationFile({ path, text })
  try {
    return await tellEngine(client, path, state)
  } catch (error) {
    await writeConfigurationFile(file)
    throw error
  }
}

function described(registry: string, mirrors: readonly string[]): string {
  if (mirrors.length === 0) return `${registry} has no mirrors`
  return `${registry} is pulled from ${[...mirrors, 'the registry itself'].join(', then ')}`
}
