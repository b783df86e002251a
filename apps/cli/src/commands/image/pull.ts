import type { EngineClient } from '@berth/client'
import { formatReference, parseReference, withDefaultTag } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { pullWithProgress } from './pull-with-progress.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  positional: { min: 1, max: 1 },
  flags: {
    'all-tags': switchFlag('Download all tagged images in the repository', { shorthand: 'a' }),
    'disable-content-trust': switchFlag('Skip image verification (deprecated)', {
      initial: true,
      isHidden: true,
    }),
    platform: stringFlag('Set platform if server is multi-platform capable'),
    quiet: switchFlag('Suppress verbose output', { shorthand: 'q' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const asked = parseReference(name)
  const allTags = flags['all-tags']
  const isNameOnly = asked.tag === undefined && asked.digest === undefined
  if (allTags && !isNameOnly) throw new CodedError('invalid-argument', "tag can't be used with --all-tags/-a")
  const reference = allTags ? asked : withDefaultTag(asked)
  if (isNameOnly && !allTags && !flags.quiet) io.stdout.write(`Using default tag: ${reference.tag}\n`)
  await pullWithProgress(client, formatReference(reference), {
    platform: flags.platform || io.env['DOCKER_DEFAULT_PLATFORM'] || undefined,
    output: flags.quiet ? undefined : io.stdout,
    io,
    allTags,
  })
  io.stdout.write(`${formatReference(reference)}\n`)
}
