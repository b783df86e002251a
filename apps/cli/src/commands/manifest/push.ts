import type { EngineClient } from '@berth/client'
import { parseReference, withDefaultTag } from '@berth/oci'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import { interruptible } from '../../command/interruptible.ts'
import type { Io } from '../../command/io.ts'
import { manifestLists } from '../../manifests/manifest-lists.ts'
import { pushManifestList } from '../../manifests/push-manifest-list.ts'
import { openManifestRegistry } from './manifest-registry.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] MANIFEST_LIST',
  positional: { min: 1, max: 1 },
  flags: {
    insecure: switchFlag('Allow push to an insecure registry'),
    purge: switchFlag('Remove the local manifest list after push', { shorthand: 'p' }),
  },
})

export async function run(
  _client: EngineClient,
  { flags, positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const list = withDefaultTag(parseReference(name))
  const lists = manifestLists(io.config)
  const manifests = await lists.getAll(list)
  using interruption = interruptible(io)
  const { signal } = interruption
  await using registry = await openManifestRegistry(io, [list], flags.insecure)
  const onPushed = (line: string): void => void io.stdout.write(`${line}\n`)
  io.stdout.write(`${await pushManifestList(registry, { list, manifests, signal, onPushed })}\n`)
  if (flags.purge) await lists.remove(list)
}
