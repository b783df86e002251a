import { inspectContainer, startContainer, type EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { each } from '../each.ts'
import { detachKeysFlag } from './detach-keys-flag.ts'
import { runAttached } from './run-attached.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  positional: { min: 1, max: anyNumber },
  flags: {
    attach: switchFlag('Attach STDOUT/STDERR and forward signals', { shorthand: 'a' }),
    'detach-keys': detachKeysFlag,
    interactive: switchFlag("Attach container's STDIN", { shorthand: 'i' }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<number | void> {
  if (!flags.attach && !flags.interactive) {
    return each(
      positional,
      { io, summarize: (failed) => `Error: failed to start containers: ${failed.join(', ')}` },
      async (name) => {
        await startContainer(client, name)
        return name
      },
    )
  }
  if (positional.length > 1)
    throw new CodedError('invalid-argument', 'you cannot start and attach multiple containers at once')
  const { Id, Config, HostConfig } = await inspectContainer(client, positional[0] ?? '')
  return runAttached(client, Id, {
    io,
    tty: Config.Tty,
    streams: { stdin: flags.interactive && Config.OpenStdin, stdout: true, stderr: true },
    isRemoved: HostConfig.AutoRemove,
    detachKeys: flags['detach-keys'] || io.config.detachKeys,
    proxiesSignals: flags.attach,
  })
}
