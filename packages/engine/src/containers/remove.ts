import { CodedError, isCoded } from '@berth/stdx'
import { awaitExit } from './lifecycle/await-exit.ts'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import { isRunning, type ContainerRecord } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import { killContainer } from './kill.ts'
import { removeContainerFiles } from './process/container-files.ts'

export interface RemoveContainerOptions {
  /** End a running container first. */
  force: boolean
}

/** Removes a container with its writable layer and its log. A removal that was cut short goes on where it stopped. */
export async function removeContainer(
  context: ContainerContext,
  nameOrId: string,
  { force }: RemoveContainerOptions,
): Promise<void> {
  const record = getContainer(context.containers, nameOrId)
  if (isRunning(record)) {
    if (!force) throw conflict(record)
    await endContainer(context, record.id)
  }
  context.restarter.cancel(record.id)
  await context.mutex.run(record.id, async () => {
    // An auto-remove may have come first.
    const now = context.containers.find(record.id)
    if (!now) return
    if (isRunning(now)) throw conflict(now)
    await removeLocked(context, now)
  })
}

/** Also when it ends by itself in this moment. */
async function endContainer(context: ContainerContext, id: string): Promise<void> {
  try {
    await killContainer(context, id, 'SIGKILL')
  } catch (error) {
    if (!isCoded(error, 'conflict')) throw error
    const now = context.containers.find(id)
    if (now && isRunning(now)) await awaitExit(context, id)
  }
}

function conflict(record: ContainerRecord): CodedError {
  const state = record.state.status
  return new CodedError(
    'conflict',
    `cannot remove container "/${record.name}": container is ${state}: ${state === 'paused' ? 'unpause and ' : ''}stop the container before removing or force remove`,
  )
}

/** For callers that hold the container's mutex; the container does not run. */
export async function removeLocked(context: ContainerContext, record: ContainerRecord): Promise<void> {
  context.containers.setState(record.id, { status: 'removing' })
  await context.monitor.delete(record.id)
  await removeContainerFiles(context, record.id)
  context.containers.delete(record.id)
  containerEvent(context.events, record, { action: 'destroy' })
  context.waiters.notify(record.id, 'removed', { exitCode: record.state.exitCode })
}
