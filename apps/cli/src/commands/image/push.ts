import { pushImage, type EngineClient } from '@berth/client'
import { formatReference, parseReference, withDefaultTag } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { platformJson } from '../../command/platform-json.ts'
import { registryCredentials } from '../../config/credentials/registry-credentials.ts'
import { showProgress } from '../../terminal/show-progress.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] NAME[:TAG]',
  positional: { min: 1, max: 1 },
  flags: {
    'all-tags': switchFlag('Push all tags of an image to the repository', { shorthand: 'a' }),
    'disable-content-trust': switchFlag('Skip image signing (deprecated)', { initial: true, isHidden: true }),
    platform: stringFlag(
      'Push a platform-specific manifest as a single-platform image to the registry, formatted as "os[/arch[/variant]]"',
      { since: '1.46' },
    ),
    quiet: switchFlag('Suppress verbose output', { shorthand: 'q' }),
  },
})

const platformNote = `
 Info -> Using --platform pushes only the specified platform manifest of a multi-platform image index.
         Other components, like attestations, will not be included.
         To push the complete multi-platform image, remove the --platform flag.

`

export async function run(
  client: EngineClient,
  { flags, positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const platform = platformJson(flags.platform)
  if (platform !== undefined) io.stderr.write(platformNote)
  const asked = parseReference(name)
  if (asked.digest !== undefined) throw new CodedError('invalid-argument', 'cannot push a digest reference')
  const allTags = flags['all-tags']
  if (allTags && asked.tag !== undefined)
    throw new CodedError('invalid-argument', "tag can't be used with --all-tags/-a")
  const reference = allTags ? asked : withDefaultTag(asked)
  if (asked.tag === undefined && !allTags && !flags.quiet)
    io.stdout.write(`Using default tag: ${reference.tag}\n`)
  const { registry, repository, tag } = reference
  const auth = await registryCredentials(io, registry)
  const messages = pushImage(client, `${registry}/${repository}`, { tag, platform, auth })
  await showProgress(messages, flags.quiet ? undefined : io.stdout)
  if (flags.quiet) io.stdout.write(`${formatReference(reference)}\n`)
}
