import { importImage, type EngineClient } from '@berth/client'
import { parseReference } from '@berth/oci'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { listFlag, stringFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { openInput } from '../../command/open-input.ts'
import { showProgress } from '../../terminal/show-progress.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]',
  positional: { min: 1, max: anyNumber },
  flags: {
    change: listFlag('Apply Dockerfile instruction to the created image', { shorthand: 'c' }),
    message: stringFlag('Set commit message for imported image', { shorthand: 'm' }),
    platform: stringFlag('Set platform if server is multi-platform capable'),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional: [source = '', repo] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  if (repo !== undefined) parseReference(repo)
  const { change: changes, message, platform } = flags
  const input = await inputOf(source, io)
  await showProgress(importImage(client, input, { repo, changes, message, platform }), io.stdout)
}

async function inputOf(source: string, io: Io): Promise<AsyncIterable<Uint8Array> | URL> {
  if (/^https?:\/\//.test(source)) return new URL(source)
  return source === '-' ? io.stdin : openInput(source, io)
}
