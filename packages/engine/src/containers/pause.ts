import { CodedError } from '@berth/stdx'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import type { ContainerStatus } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import { notRunning } from './record/not-running.ts'

/** Freezes every process of a running container. */
export async function pauseContainer(context: ContainerContext, nameOrId: string): Promise<void> {
  await change(context, nameOrId, { from: 'running', to: 'paused', action: 'pause' })
}

export async function unpauseContainer(context: ContainerContext, nameOrId: string): Promise<void> {
  await change(context, nameOrId, { from: 'paused', to: 'running', action: 'unpause' })
}

interface Change {
  from: ContainerStatus
  to: 'running' | 'paused'
  action: 'pause' | 'unpause'
}

async function change(
  context: ContainerContext,
  nameOrId: string,
  { from, to, action }: Change,
): Promise<void> {
  const { id } = getContainer(context.containers, nameOrId)
  await context.mutex.run(id, async () => {
    const record = getContainer(context.containers, id)
    if (record.state.status !== from) {
      if (to === 'running') throw new CodedError('conflict', `Container ${id} is not paused`)
      throw record.state.status === 'paused'
        ? new CodedError('conflict', `Container ${id} is already paused`)
        : notRunning(record)
    }
    await (to === 'paused' ? context.monitor.pause(id) : context.monitor.resume(id))
    context.containers.setState(id, { status: to })
    containerEvent(context.events, record, { action })
  })
}
