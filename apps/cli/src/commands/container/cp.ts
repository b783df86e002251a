import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { copyFromContainer } from './cp/copy-from-container.ts'
import { copyToContainer } from './cp/copy-to-container.ts'
import { splitCopyArgument } from './cp/copy-argument.ts'

export const definition = defineCommand({
  usage: `[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-
\tberth cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH`,
  details: `Use '-' as the source to read a tar archive from stdin
and extract it to a directory destination in a container.
Use '-' as the destination to stream a tar archive of a
container source to stdout.`,
  positional: { min: 2, max: 2 },
  flags: {
    archive: switchFlag('Archive mode (copy all uid/gid information)', { shorthand: 'a' }),
    'follow-link': switchFlag('Always follow symbol link in SRC_PATH', { shorthand: 'L' }),
    quiet: switchFlag(
      'Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached',
      { shorthand: 'q' },
    ),
  },
})

export async function run(
  client: EngineClient,
  { flags, given, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const [source = '', destination = ''] = positional
  if (source === '') throw new CodedError('invalid-argument', 'source can not be empty')
  if (destination === '') throw new CodedError('invalid-argument', 'destination can not be empty')
  const [from, to] = [splitCopyArgument(source), splitCopyArgument(destination)]
  const options = {
    source: from.path,
    destination: to.path,
    followsLink: flags['follow-link'],
    isArchive: flags.archive,
    isQuiet: given.has('quiet') ? flags.quiet : !io.stdout.isTTY,
  }
  if (from.container !== '' && to.container !== '')
    throw new CodedError('invalid-argument', 'copying between containers is not supported')
  if (from.container !== '') return copyFromContainer(client, { ...options, container: from.container }, io)
  if (to.container !== '') return copyToContainer(client, { ...options, container: to.container }, io)
  throw new CodedError('invalid-argument', 'must specify at least one container source')
}
