import type { EngineClient } from '@berth/client'
import { parseReference, withDefaultTag, type Reference } from '@berth/oci'
import { CodedError, isCoded } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { checkSameRegistry } from '../../manifests/check-list.ts'
import { fetchListedManifests } from '../../manifests/fetch-listed-manifests.ts'
import { indentJson } from '../../manifests/indent-json.ts'
import { formatListedManifest, type ListedManifest } from '../../manifests/listed-manifest.ts'
import { listDocument } from '../../manifests/list-document.ts'
import { manifestLists } from '../../manifests/manifest-lists.ts'
import { insecureFlag, openManifestRegistry } from './manifest-registry.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] [MANIFEST_LIST] MANIFEST',
  positional: { min: 1, max: 2 },
  flags: {
    insecure: insecureFlag,
    verbose: switchFlag('Output additional info including layers and platform', { shorthand: 'v' }),
  },
})

type Shown = ListedManifest | ListedManifest[]

/** With a list, its manifest as it is kept here; else a list that is kept here, or what a registry has. */
export async function run(
  _client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const [first = '', second] = positional
  const lists = manifestLists(io.config)
  const reference = withDefaultTag(parseReference(second ?? first))
  const shown =
    second === undefined
      ? ((await lists.findAll(reference)) ?? (await fetchRemote(io, reference, flags.insecure)))
      : await lists.get(withDefaultTag(parseReference(first)), reference)
  io.stdout.write(flags.verbose ? formatVerbose(shown) : formatDocument(shown, reference))
}

async function fetchRemote(io: Io, reference: Reference, isInsecure: boolean): Promise<Shown> {
  await using registry = await openManifestRegistry(io, [reference], isInsecure)
  return await fetchListedManifests(registry, reference)
}

function formatVerbose(shown: Shown): string {
  const text = Array.isArray(shown)
    ? `[${shown.map(formatListedManifest).join(',')}]`
    : formatListedManifest(shown)
  return `${indentJson(text, '\t')}\n`
}

function formatDocument(shown: Shown, reference: Reference): string {
  if (!Array.isArray(shown)) return `${indentJson(shown.raw.toString('utf8'), '\t')}\n`
  try {
    checkSameRegistry(shown, reference)
  } catch (error) {
    if (!isCoded(error)) throw error
    throw new CodedError(error.code, `failed to assemble ManifestDescriptor: ${error.message}`, {
      cause: error,
    })
  }
  return `${listDocument(shown).bytes.toString('utf8')}\n`
}
