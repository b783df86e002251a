import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { withStatus } from '../../command/exit-error.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { requireTerminal } from '../../terminal/require-terminal.ts'
import { containerFlags, creationFlags } from './config/container-flags.ts'
import { createFromFlags } from './create-container.ts'
import { detachKeysFlag } from './detach-keys-flag.ts'
import { runAttached } from './run-attached.ts'
import { startDetached } from './start-detached.ts'

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

type RunFlags = Arguments<typeof definition>['flags']

export async function run(
  client: EngineClient,
  { flags, given, positional: [image = '', ...command] }: Arguments<typeof definition>,
  io: Io,
): Promise<number | void> {
  checkStreams(flags, io)
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

/** Checked before there is a container: these failures are not those of one, which have a status of their own. */
function checkStreams({ detach, attach, tty, interactive }: RunFlags, io: Io): void {
  try {
    if (detach && attach.length > 0) {
      throw new CodedError(
        'invalid-argument',
        'conflicting options: cannot specify both --attach and --detach',
      )
    }
    if (!detach && tty && interactive) requireTerminal(io)
  } catch (error) {
    throw withStatus(1, error)
  }
}
