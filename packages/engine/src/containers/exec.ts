import type { ExecCreateRequest, ExecInspect } from '@berth/api'
import type { AttachStream } from '@berth/runtime'
import { CodedError, messageOf } from '@berth/stdx'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Attachment } from './attach.ts'
import { containerEvent } from './record/container-events.ts'
import { buildExecProcess } from './process/container-spec.ts'
import type { ContainerContext } from './container-context.ts'
import { isRunning } from './record/container-record.ts'
import type { Exec } from './process/exec-registry.ts'
import { getContainer } from './record/find-container.ts'
import { notRunning } from './record/not-running.ts'

/** Notes a process to be run in a running container; returns its id. */
export function createExec(context: ContainerContext, nameOrId: string, request: ExecCreateRequest): string {
  const record = getContainer(context.containers, nameOrId)
  if (!request.Cmd?.length) throw new CodedError('invalid-argument', 'No exec command specified')
  if (record.state.status === 'paused') {
    throw new CodedError('conflict', `Container ${record.id} is paused, unpause the container before exec`)
  }
  if (!isRunning(record)) throw notRunning(record)
  const id = randomBytes(32).toString('hex')
  context.execs.add({
    id,
    containerId: record.id,
    request,
    status: 'created',
    pid: 0,
    exitCode: null,
    endedAtMs: undefined,
  })
  containerEvent(context.events, record, {
    action: `exec_create: ${request.Cmd.join(' ')}`,
    attributes: { execID: id },
  })
  return id
}

/** Starts it with nobody listening. */
export async function startExecDetached(context: ContainerContext, execId: string): Promise<void> {
  await startExec(context, getStartable(context, execId), undefined)
}

/** An exec that is connected and waits to be started. */
export interface ExecAttachment extends Attachment {
  hasInput: boolean
  detachKeys: string
  start: () => Promise<void>
}

/**
 * Connects to its streams, then starts it. `start` is to be called once the client is ready; when it fails, the reason
 * is the exec's exit code (126 or 127) and the error.
 */
export async function attachExec(
  context: ContainerContext,
  execId: string,
  consoleSize: { rows: number; columns: number } | undefined,
): Promise<ExecAttachment> {
  const exec = getStartable(context, execId)
  const {
    AttachStdin = false,
    AttachStdout = false,
    AttachStderr = false,
    Tty = false,
    DetachKeys = '',
  } = exec.request
  const stream = await context.monitor.attach(exec.containerId, {
    execId,
    stdin: AttachStdin,
    stdout: AttachStdout,
    stderr: AttachStderr,
  })
  const start = () => startExec(context, exec, consoleSize)
  return {
    stream: endingWithExit(context, execId, stream),
    isTerminal: Tty,
    hasInput: AttachStdin,
    detachKeys: DetachKeys,
    start,
  }
}

/** How long the news of an exit may come behind the end of the output. */
const exitDelayMsMax = 1000

/**
 * Clients ask for the exit code when the output has ended, so it ends once the code is known. A process that closes its
 * output and lives on is not waited for.
 */
function endingWithExit(context: ContainerContext, execId: string, stream: AttachStream): AttachStream {
  async function* output(): AsyncGenerator<Uint8Array> {
    yield* stream.output
    await Promise.race([context.execs.whenEnded(execId), sleep(exitDelayMsMax, undefined, { ref: false })])
  }
  return {
    output: output(),
    write: (chunk) => stream.write(chunk),
    endInput: () => stream.endInput(),
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  }
}

function getStartable(context: ContainerContext, execId: string): Exec {
  const exec = context.execs.get(execId)
  if (exec.status === 'running')
    throw new CodedError('conflict', `Error: Exec command ${execId} is already running`)
  if (exec.status === 'exited')
    throw new CodedError('conflict', `Error: Exec command ${execId} has already run`)
  const record = getContainer(context.containers, exec.containerId)
  if (!isRunning(record)) throw notRunning(record)
  return exec
}

async function startExec(
  context: ContainerContext,
  exec: Exec,
  consoleSize: { rows: number; columns: number } | undefined,
): Promise<void> {
  const record = getContainer(context.containers, exec.containerId)
  exec.status = 'running'
  try {
    const { pid } = await context.monitor.exec({
      containerId: exec.containerId,
      execId: exec.id,
      runtime: context.runtimes.resolve(record.runtime).path,
      process: buildExecProcess(context, record, exec.request),
      stdio: {
        openStdin: exec.request.AttachStdin ?? false,
        stdinOnce: true,
        ...(consoleSize ? { consoleSize } : {}),
      },
    })
    exec.pid = pid
    containerEvent(context.events, record, {
      action: `exec_start: ${exec.request.Cmd?.join(' ')}`,
      attributes: { execID: exec.id },
    })
  } catch (error) {
    context.execs.ended(exec.id, /permission denied|is a directory/.test(messageOf(error)) ? 126 : 127)
    throw error
  }
}

export async function resizeExec(
  context: ContainerContext,
  execId: string,
  size: { rows: number; columns: number },
): Promise<void> {
  const exec = context.execs.get(execId)
  if (exec.status !== 'running') throw new CodedError('invalid-argument', `exec process is not started`)
  await context.monitor.resize(exec.containerId, size, { execId })
}

export function inspectExec(context: ContainerContext, execId: string): ExecInspect {
  const exec = context.execs.get(execId)
  const [entrypoint = '', ...args] = exec.request.Cmd ?? []
  const {
    Tty = false,
    Privileged = false,
    User = '',
    AttachStdin = false,
    AttachStdout = false,
    AttachStderr = false,
  } = exec.request
  return {
    ID: exec.id,
    Running: exec.status === 'running',
    ExitCode: exec.exitCode,
    ProcessConfig: {
      tty: Tty,
      entrypoint,
      arguments: args,
      privileged: Privileged,
      ...(User ? { user: User } : {}),
    },
    OpenStdin: AttachStdin,
    OpenStdout: AttachStdout,
    OpenStderr: AttachStderr,
    CanRemove: false,
    ContainerID: exec.containerId,
    DetachKeys: exec.request.DetachKeys ?? '',
    Pid: exec.pid,
  }
}
