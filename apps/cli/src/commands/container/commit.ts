import { commitContainer, type EngineClient } from '@berth/client'
import { parseReference, withDefaultTag } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { listFlag, stringFlag, switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]',
  positional: { min: 1, max: 2 },
  flags: {
    author: stringFlag('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { shorthand: 'a' }),
    change: listFlag('Apply Dockerfile instruction to the created image', { shorthand: 'c' }),
    message: stringFlag('Commit message', { shorthand: 'm' }),
    pause: switchFlag('Pause container during commit', { shorthand: 'p', initial: true }),
    'no-pause': switchFlag('Disable pausing container during commit'),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional: [container = '', name] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const { author, message: comment, change: changes } = flags
  const pause = flags.pause && !flags['no-pause']
  const target = name === undefined ? {} : nameOf(name)
  const { Id } = await commitContainer(client, container, { ...target, author, comment, changes, pause })
  io.stdout.write(`${Id}\n`)
}

function nameOf(name: string): { repo: string; tag: string | undefined } {
  const { registry, repository, tag, digest } = withDefaultTag(parseReference(name))
  if (digest !== undefined)
    throw new CodedError('invalid-argument', 'refusing to create a tag with a digest reference')
  return { repo: `${registry}/${repository}`, tag }
}
