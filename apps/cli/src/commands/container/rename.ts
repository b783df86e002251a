import { renameContainer, type EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { each } from '../each.ts'

export const definition = defineCommand({
  usage: 'CONTAINER NEW_NAME',
  positional: { min: 2, max: 2 },
  flags: {},
})

export async function run(
  client: EngineClient,
  { positional: [from = '', to = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  if (from.trim() === '' || to.trim() === '') {
    throw new CodedError('invalid-argument', 'Error: Neither old nor new names may be empty')
  }
  const summarize = () => `Error: failed to rename container named ${from}`
  await each([from], { io, summarize }, async () => {
    await renameContainer(client, from, { name: to })
    return undefined
  })
}
