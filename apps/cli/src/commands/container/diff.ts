import type { FilesystemChange } from '@berth/api'
import { getContainerChanges, type EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'

export const definition = defineCommand({ usage: 'CONTAINER', positional: { min: 1, max: 1 }, flags: {} })

const letters: Readonly<Record<FilesystemChange['Kind'], string>> = { 0: 'C', 1: 'A', 2: 'D' }

export async function run(
  client: EngineClient,
  { positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  if (name === '') throw new CodedError('invalid-argument', 'Container name cannot be empty')
  for (const { Path, Kind } of await getContainerChanges(client, name))
    io.stdout.write(`${letters[Kind]} ${Path}\n`)
}
