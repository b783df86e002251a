import {
  createExec,
  inspectContainer,
  inspectExec,
  resizeExec,
  startExec,
  startExecDetached,
  type EngineClient,
} from '@berth/client'
import type { ExecCreateRequest } from '@berth/api'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { listFlag, stringFlag, switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { copyStdio } from '../../terminal/copy-stdio.ts'
import { followSize } from '../../terminal/follow-size.ts'
import { requireTerminal } from '../../terminal/require-terminal.ts'
import { readEnvironment } from './config/env-file.ts'
import { detachKeysFlag } from './detach-keys-flag.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  positional: { min: 2, max: anyNumber },
  stopsAtPositional: true,
  flags: {
    detach: switchFlag('Detached mode: run command in the background', { shorthand: 'd' }),
    'detach-keys': detachKeysFlag,
    env: listFlag('Set environment variables', { shorthand: 'e' }),
    'env-file': listFlag('Read in a file of environment variables'),
    interactive: switchFlag('Keep STDIN open even if not attached', { shorthand: 'i' }),
    privileged: switchFlag('Give extended privileges to the command'),
    tty: switchFlag('Allocate a pseudo-TTY', { shorthand: 't' }),
    user: stringFlag('Username or UID (format: "<name|uid>[:<group|gid>]")', { shorthand: 'u' }),
    workdir: stringFlag('Working directory inside the container', { shorthand: 'w' }),
  },
})

type ExecArguments = Arguments<typeof definition>

export async function run(client: EngineClient, args: ExecArguments, io: Io): Promise<number | void> {
  const {
    flags,
    positional: [container = ''],
  } = args
  if (!flags.detach && flags.tty && flags.interactive) requireTerminal(io)
  // An exec of a container that is not there is otherwise found out only after its flags are.
  await inspectContainer(client, container)
  const { Id } = await createExec(client, container, { body: await requestOf(args, io) })
  if (flags.detach) return startExecDetached(client, Id, { tty: flags.tty })
  return attach(client, Id, { flags, io })
}

async function attach(
  client: EngineClient,
  id: string,
  { flags, io }: Pick<ExecArguments, 'flags'> & { io: Io },
): Promise<number> {
  const detachKeys = flags['detach-keys'] || io.config.detachKeys
  const stdio = await startExec(client, id, {
    tty: flags.tty,
    consoleSize: flags.tty ? sizeOf(io) : undefined,
  })
  using _size = flags.tty ? followSize(io, (size) => resizeExec(client, id, size)) : undefined
  const outcome = await copyStdio(stdio, { io, hasStdin: flags.interactive, tty: flags.tty, detachKeys })
  if (outcome === 'detached') return 0
  return (await inspectExec(client, id)).ExitCode ?? 0
}

async function requestOf(
  { flags, positional: [, ...command] }: ExecArguments,
  io: Io,
): Promise<ExecCreateRequest> {
  const isAttached = !flags.detach
  return {
    User: flags.user,
    Privileged: flags.privileged,
    Tty: flags.tty,
    AttachStdin: isAttached && flags.interactive,
    AttachStdout: isAttached,
    AttachStderr: isAttached,
    DetachKeys: flags['detach-keys'],
    Env: await readEnvironment(flags['env-file'], flags.env, io.env),
    WorkingDir: flags.workdir,
    Cmd: command,
  }
}

function sizeOf({ stdout: { rows, columns } }: Io): [number, number] | undefined {
  return rows && columns ? [rows, columns] : undefined
}
