import { CodedError } from '@berth/stdx'
import type { AttachStream } from '@berth/runtime'
import { containerEvent } from './record/container-events.ts'
import { isRunning } from './record/container-record.ts'
import type { ContainerContext } from './container-context.ts'
import { getContainer } from './record/find-container.ts'

export interface AttachRequest {
  stdin: boolean
  stdout: boolean
  stderr: boolean
}

export interface Attachment {
  stream: AttachStream
  /** A terminal's bytes come raw, other output in frames. */
  isTerminal: boolean
}

/** Connects to a container's streams, before it starts or while it runs. */
export async function attachContainer(
  context: ContainerContext,
  nameOrId: string,
  request: AttachRequest,
): Promise<Attachment> {
  const record = getContainer(context.containers, nameOrId)
  if (record.state.status === 'paused') {
    throw new CodedError('conflict', `Container ${nameOrId} is paused, unpause the container before attach.`)
  }
  if (record.state.status === 'restarting') {
    throw new CodedError(
      'conflict',
      `Container ${nameOrId} is restarting, wait until the container is running.`,
    )
  }
  const attach = () =>
    context.monitor.attach(record.id, { ...request, stdin: request.stdin && record.config.OpenStdin })
  // Of a process that has just ended the monitor keeps the end until it is cleared away, under the same lock.
  const stream = await (isRunning(record) ? attach() : context.mutex.run(record.id, attach))
  containerEvent(context.events, record, { action: 'attach' })
  return { stream, isTerminal: record.config.Tty }
}
