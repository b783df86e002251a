import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { localError } from '../../command/local-error.ts'
import { packContext } from '../../contexts/context-archive.ts'
import { getContext } from '../../contexts/get-context.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTEXT [FILE|-]',
  isOffline: true,
  positional: { min: 1, max: 2 },
  flags: {},
})

/** The file is for its owner alone, since there may be a key in it, and never one that was there. */
export async function run(
  _client: EngineClient,
  { positional: [name = '', target = `${name}.dockercontext`] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const archive = packContext(await getContext(name, io))
  if (target === '-') {
    if (io.stdout.isTTY) throw toTerminal()
    await pipeline(archive, io.stdout, { end: false })
    return
  }
  await writeNewFile(resolve(io.folder, target), { shown: target, content: archive })
  io.stderr.write(`Written file "${target}"\n`)
}

async function writeNewFile(
  path: string,
  { shown, content }: { shown: string; content: AsyncIterable<Uint8Array> },
): Promise<void> {
  await using file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw localError(error, `open ${shown}`)
  })
  try {
    await pipeline(content, file.createWriteStream())
  } catch (error) {
    await rm(path)
    throw error
  }
}

function toTerminal(): CodedError {
  return new CodedError(
    'failed-precondition',
    'cowardly refusing to export to a terminal, specify a file path',
  )
}
