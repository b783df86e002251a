import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { openInput } from '../../command/open-input.ts'
import { readContextArchive } from '../../contexts/context-archive.ts'
import { checkContextName } from '../../contexts/context-name.ts'
import { contextStore } from '../../contexts/context-store.ts'

export const definition = defineCommand({
  usage: 'CONTEXT FILE|-',
  isOffline: true,
  positional: { min: 2, max: 2 },
  flags: {},
})

export async function run(
  _client: EngineClient,
  { positional: [name = '', source = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  checkContextName(name)
  const store = contextStore(io.config)
  if (await store.has(name)) throw new CodedError('already-exists', `context "${name}" already exists`)
  const archive = source === '-' ? io.stdin : await openInput(source, io)
  await store.put(await readContextArchive(archive, name))
  io.stdout.write(`${name}\n`)
  io.stderr.write(`Successfully imported context "${name}"\n`)
}
