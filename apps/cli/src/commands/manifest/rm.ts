import type { EngineClient } from '@berth/client'
import { parseReference, withDefaultTag } from '@berth/oci'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { manifestLists } from '../../manifests/manifest-lists.ts'
import { each } from '../each.ts'

export const definition = defineCommand({
  usage: 'MANIFEST_LIST [MANIFEST_LIST...]',
  positional: { min: 1, max: anyNumber },
  flags: {},
})

export async function run(
  _client: EngineClient,
  { positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const lists = manifestLists(io.config)
  await each(positional, { io }, async (name) => {
    await lists.remove(withDefaultTag(parseReference(name)))
    return undefined
  })
}
