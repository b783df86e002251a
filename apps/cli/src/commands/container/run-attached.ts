import {
  attachContainer,
  killContainer,
  resizeContainer,
  startContainer,
  waitContainer,
  type ContainerWait,
  type EngineClient,
} from '@berth/client'
import { CodedError } from '@berth/stdx'
import { withStatus } from '../../command/exit-error.ts'
import type { Io } from '../../command/io.ts'
import { copyStdio } from '../../terminal/copy-stdio.ts'
import { followSize } from '../../terminal/follow-size.ts'
import { forwardSignals } from '../../terminal/forward-signals.ts'
import { startFailure } from './start-failure.ts'

export interface AttachedRun {
  io: Io
  tty: boolean
  streams: { stdin: boolean; stdout: boolean; stderr: boolean }
  /** The engine removes it when it ends, so its end is waited for by its removal. */
  isRemoved: boolean
  detachKeys?: string | undefined
  proxiesSignals: boolean
}

/** Starts a container with its stdio on ours; gives its exit status, or 0 when we detach from it. */
export async function runAttached(client: EngineClient, id: string, options: AttachedRun): Promise<number> {
  const { io, tty, streams, isRemoved, detachKeys, proxiesSignals } = options
  using signals = new DisposableStack()
  if (proxiesSignals)
    signals.use(forwardSignals(io, (signal) => killContainer(client, id, { killSignal: signal })))
  // Attaching and waiting come before the start: a container may be over before its start is answered.
  const attached = await attachContainer(client, id, { ...streams, detachKeys })
  const wait = await waitContainer(client, id, { condition: isRemoved ? 'removed' : 'next-exit' })
  const outcome = copyStdio(attached, { io, hasStdin: streams.stdin, tty, detachKeys })
  try {
    await startContainer(client, id, { detachKeys })
  } catch (error) {
    attached.stream.destroy()
    await outcome
    if (isRemoved) await wait.result()
    throw startFailure(error)
  }
  if (!streams.stdout && !streams.stderr) io.stdout.write(`${id}\n`)
  if (tty) signals.use(followSize(io, (size) => resizeContainer(client, id, size)))
  return (await outcome) === 'detached' ? 0 : exitStatus(wait)
}

async function exitStatus(wait: ContainerWait): Promise<number> {
  const { StatusCode, Error: failure } = await wait.result()
  if (failure?.Message) throw withStatus(125, new CodedError('internal', failure.Message))
  return StatusCode
}
