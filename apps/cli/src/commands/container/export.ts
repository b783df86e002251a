import { exportContainer, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { writeArchive } from '../../command/write-archive.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER',
  positional: { min: 1, max: 1 },
  flags: { output: stringFlag('Write to a file, instead of STDOUT', { shorthand: 'o' }) },
})

export async function run(
  client: EngineClient,
  { flags, positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  await writeArchive({ path: flags.output, failure: 'failed to export container' }, io, (signal) =>
    exportContainer(client, name, { signal }),
  )
}
