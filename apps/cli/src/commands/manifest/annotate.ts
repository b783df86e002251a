import type { EngineClient } from '@berth/client'
import { parseReference, withDefaultTag, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { listFlag, stringFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { isListable } from '../../manifests/listable-platforms.ts'
import { manifestLists } from '../../manifests/manifest-lists.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] MANIFEST_LIST MANIFEST',
  positional: { min: 2, max: 2 },
  flags: {
    arch: stringFlag('Set architecture'),
    os: stringFlag('Set operating system'),
    'os-features': listFlag('Set operating system feature', { kind: 'strings' }),
    'os-version': stringFlag('Set operating system version'),
    variant: stringFlag('Set architecture variant'),
  },
})

export async function run(
  _client: EngineClient,
  { flags, positional: [listName = '', name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const list = withDefaultTag(parseReference(listName))
  const reference = withDefaultTag(parseReference(name))
  const lists = manifestLists(io.config)
  const manifest = await lists.find(list, reference)
  if (!manifest) throw new CodedError('not-found', `manifest for image ${name} does not exist in ${listName}`)
  const platform = annotated(manifest.descriptor.platform, flags)
  if (!isListable(platform)) {
    throw new CodedError(
      'invalid-argument',
      `manifest entry for image has unsupported os/arch combination: ${flags.os}/${flags.arch}`,
    )
  }
  await lists.save(list, reference, { ...manifest, descriptor: { ...manifest.descriptor, platform } })
}

/** What is not given stays as it was; features are added. */
function annotated(
  platform: Platform = { os: '', architecture: '' },
  flags: Arguments<typeof definition>['flags'],
): Platform {
  const features = new Set([
    ...(platform['os.features'] ?? []),
    ...flags['os-features'].flatMap((text) => text.split(',')),
  ])
  return {
    ...platform,
    ...(flags.os === '' ? {} : { os: flags.os }),
    ...(flags.arch === '' ? {} : { architecture: flags.arch }),
    ...(flags['os-version'] === '' ? {} : { 'os.version': flags['os-version'] }),
    ...(features.size === 0 ? {} : { 'os.features': [...features] }),
    ...(flags.variant === '' ? {} : { variant: flags.variant }),
  }
}
