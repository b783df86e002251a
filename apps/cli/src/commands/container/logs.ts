import { copyOutput, getContainerLogs, inspectContainer, type EngineClient } from '@berth/client'
import { CodedError, messageOf } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { parseTimestamp } from '../../command/timestamp.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER',
  positional: { min: 1, max: 1 },
  flags: {
    details: switchFlag('Show extra details provided to logs'),
    follow: switchFlag('Follow log output', { shorthand: 'f' }),
    since: stringFlag(
      'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    ),
    tail: stringFlag('Number of lines to show from the end of the logs', { shorthand: 'n', initial: 'all' }),
    timestamps: switchFlag('Show timestamps', { shorthand: 't' }),
    until: stringFlag(
      'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    ),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const { Id, Config } = await inspectContainer(client, name)
  const logs = await getContainerLogs(client, Id, {
    ...flags,
    stdout: true,
    stderr: true,
    since: timestampOf('since', flags.since, io.now()),
    until: timestampOf('until', flags.until, io.now()),
  })
  await copyOutput(logs, io, !Config.Tty)
}

function timestampOf(flag: string, text: string, nowMs: number): string | undefined {
  try {
    return parseTimestamp(text, nowMs)
  } catch (error) {
    throw new CodedError('invalid-argument', `invalid value for "${flag}": ${messageOf(error)}`, {
      cause: error,
    })
  }
}
