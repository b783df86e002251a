import {
  attachContainer,
  inspectContainer,
  killContainer,
  resizeContainer,
  waitContainer,
  type EngineClient,
} from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { copyStdio } from '../../terminal/copy-stdio.ts'
import { followSize } from '../../terminal/follow-size.ts'
import { forwardSignals } from '../../terminal/forward-signals.ts'
import { requireTerminal } from '../../terminal/require-terminal.ts'
import { detachKeysFlag } from './detach-keys-flag.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER',
  positional: { min: 1, max: 1 },
  flags: {
    'detach-keys': detachKeysFlag,
    'no-stdin': switchFlag('Do not attach STDIN'),
    'sig-proxy': switchFlag('Proxy all received signals to the process', { initial: true }),
  },
})

export async function run(
  client: EngineClient,
  { flags, positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<number> {
  const { Id, Config, State } = await inspectContainer(client, name)
  refuse(State)
  if (!flags['no-stdin'] && Config.Tty) requireTerminal(io)
  const hasStdin = !flags['no-stdin'] && Config.OpenStdin
  const detachKeys = flags['detach-keys'] || io.config.detachKeys
  using signals = new DisposableStack()
  if (flags['sig-proxy'] && !Config.Tty) {
    signals.use(forwardSignals(io, (signal) => killContainer(client, Id, { killSignal: signal })))
  }
  const wait = await waitContainer(client, Id)
  const attached = await attachContainer(client, Id, {
    stdin: hasStdin,
    stdout: true,
    stderr: true,
    detachKeys,
  })
  if (Config.Tty) {
    await redraw(client, Id, io)
    signals.use(followSize(io, (size) => resizeContainer(client, Id, size)))
  }
  const outcome = await copyStdio(attached, { io, hasStdin, tty: Config.Tty, detachKeys })
  return outcome === 'detached' ? 0 : (await wait.result()).StatusCode
}

/** A program draws its screen when the size changes, so a size that it did not have makes it. */
async function redraw(client: EngineClient, id: string, { stdout: { rows, columns } }: Io): Promise<void> {
  if (!rows || !columns) return
  // It is a comfort: a program that is just ending is no failure.
  await resizeContainer(client, id, { height: rows + 1, width: columns + 1 }).catch(() => undefined)
}

function refuse({
  Running,
  Paused,
  Restarting,
}: {
  Running: boolean
  Paused: boolean
  Restarting: boolean
}): void {
  const [state, advice] = !Running
    ? ['stopped', 'start it first']
    : Paused
      ? ['paused', 'unpause it first']
      : ['restarting', 'wait until it is running']
  if (Running && !Paused && !Restarting) return
  throw new CodedError('failed-precondition', `You cannot attach to a ${state} container, ${advice}`)
}
