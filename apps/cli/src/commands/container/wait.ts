import { waitContainer, type EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { each } from '../each.ts'

export const definition = defineCommand({
  usage: 'CONTAINER [CONTAINER...]',
  positional: { min: 1, max: anyNumber },
  flags: {},
})

export async function run(
  client: EngineClient,
  { positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  await each(positional, { io }, async (name) => {
    const wait = await waitContainer(client, name)
    const { StatusCode, Error: failure } = await wait.result()
    if (failure?.Message) throw new CodedError('internal', failure.Message)
    return String(StatusCode)
  })
}
