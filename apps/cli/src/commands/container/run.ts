import type { EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { containerFlags, creationFlags } from './config/container-flags.ts'
import { createFromFlags } from './create-container.ts'
import { detachKeysFlag } from './detach-keys-flag.ts'
import { runAttached } from './run-attached.ts'
import { startDetached } from './start-detached.ts'
import { CodedError } from '@berth/stdx'

export const definition = defineCommand({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  positional: { min: 1, max: anyNumber },
  stopsAtPositional: true,
  failureStatus: 125,
  flags: {
    ...containerFlags,
    ...creationFlags,
    detach: switchFlag('Run container in background and print container ID', { shorthand: 'd' }),
    'detach-keys': detachKeysFlag,
    'sig-proxy': switchFlag('Proxy received signals to the process', { initial: true }),
  },
})

export async function run(
  client: EngineClient,
  { flags, given, positional: [image = '', ...command] }: Arguments<typeof definition>,
  io: Io,
): Promise<number | void> {
  if (flags.detach && flags.attach.length > 0) {
    throw new CodedError('invalid-argument', 'conflicting options: cannot specify both --attach and --detach')
  }
  if (!flags.detach && flags.tty && flags.interactive && !io.stdin.isTTY) {
    throw new CodedError('invalid-argument', 'the input device is not a TTY', {
      hint: 'Leave -t out where stdin is a pipe or a file.',
    })
  }
  const creation = { flags, given, image, command, isDetached: flags.detach }
  const { id, request } = await createFromFlags(client, creation, io)
  if (flags.detach) return startDetached(client, id, io)
  return runAttached(client, id, {
    io,
    tty: flags.tty,
    streams: {
      stdin: request.AttachStdin ?? false,
      stdout: request.AttachStdout ?? false,
      stderr: request.AttachStderr ?? false,
    },
    isRemoved: flags.rm,
    detachKeys: flags['detach-keys'] || io.config.detachKeys,
    proxiesSignals: flags['sig-proxy'],
  })
}
