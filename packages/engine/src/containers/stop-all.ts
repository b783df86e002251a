import { messageOf, Semaphore } from '@berth/stdx'
import type { ContainerContext } from './container-context.ts'
import { isRunning, type ContainerRecord } from './record/container-record.ts'
import { stopContainer } from './stop.ts'

const atOnce = 8

/** Stops every running container, several at a time, and goes on when one cannot be stopped. */
export async function stopAll(context: ContainerContext, timeoutSeconds: number): Promise<void> {
  const semaphore = new Semaphore(atOnce)
  const running = context.containers
    .list()
    .filter((record) => isRunning(record) || record.state.status === 'restarting')
  await Promise.all(running.map((record) => semaphore.run(() => stopOne(context, record, timeoutSeconds))))
}

async function stopOne(
  context: ContainerContext,
  record: ContainerRecord,
  timeoutSeconds: number,
): Promise<void> {
  const wasManuallyStopped = record.state.isManuallyStopped
  try {
    await stopContainer(context, record.id, { timeoutSeconds, signal: undefined })
    // The engine stopped it, not a person: its restart policy holds at the next start.
    if (context.containers.find(record.id))
      context.containers.setState(record.id, { isManuallyStopped: wasManuallyStopped })
  } catch (error) {
    context.logger.error('Cannot stop container', { container: record.id, error: messageOf(error) })
  }
}
