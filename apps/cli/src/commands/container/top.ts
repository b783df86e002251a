import { getContainerTop, type EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { formatTable } from '../../format/table.ts'

export const definition = defineCommand({
  usage: 'CONTAINER [ps OPTIONS]',
  positional: { min: 1, max: anyNumber },
  stopsAtPositional: true,
  flags: {},
})

const style = { minWidth: 20, padding: 3 }

export async function run(
  client: EngineClient,
  { positional: [name = '', ...psArgs] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const { Titles, Processes } = await getContainerTop(client, name, { psArgs: psArgs.join(' ') })
  io.stdout.write(await formatTable([Titles, ...Processes], style))
}
