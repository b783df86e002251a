import type { EngineClient } from '@berth/client'
import { formatReference, parseReference, withDefaultTag, type Reference } from '@berth/oci'
import { CodedError, isCoded, messageOf } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { fetchListedManifest } from '../../manifests/fetch-listed-manifests.ts'
import { manifestLists } from '../../manifests/manifest-lists.ts'
import { insecureFlag, openManifestRegistry } from './manifest-registry.ts'

export const definition = defineCommand({
  usage: 'MANIFEST_LIST MANIFEST [MANIFEST...]',
  positional: { min: 2, max: anyNumber },
  flags: {
    amend: switchFlag('Amend an existing manifest list', { shorthand: 'a' }),
    insecure: insecureFlag,
  },
})

export async function run(
  _client: EngineClient,
  { flags, positional: [listName = '', ...names] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const list = parseListName(listName)
  const lists = manifestLists(io.config)
  if (!flags.amend && (await lists.has(list)))
    throw new CodedError('already-exists', 'refusing to amend an existing manifest list with no --amend flag')
  const references = names.map((name) => withDefaultTag(parseReference(name)))
  await using registry = await openManifestRegistry(io, references, flags.insecure)
  for (const reference of references) {
    const kept = await lists.find(list, reference)
    await lists.save(list, reference, kept ?? (await fetchListedManifest(registry, reference)))
  }
  io.stdout.write(`Created manifest list ${formatReference(list)}\n`)
}

function parseListName(name: string): Reference {
  try {
    return withDefaultTag(parseReference(name))
  } catch (error) {
    if (!isCoded(error)) throw error
    throw new CodedError(
      error.code,
      `error parsing name for manifest list ${name}: ${messageOf(error)}`,
      error.hint === undefined ? { cause: error } : { cause: error, hint: error.hint },
    )
  }
}
