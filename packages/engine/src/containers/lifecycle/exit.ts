import { messageOf, settleAll } from '@berth/stdx'
import type { ExitEvent } from '@berth/runtime'
import { disconnectNetwork } from '../process/container-network.ts'
import type { ContainerContext } from '../container-context.ts'
import { containerEvent } from '../record/container-events.ts'
import type { ContainerRecord } from '../record/container-record.ts'
import { removeLocked } from '../remove.ts'
import { shouldRestart } from './restart-policy.ts'
import { unmountRootfs } from '../process/container-files.ts'
import { startContainer } from '../start.ts'

/** What follows when a container's process has ended: records it, frees what it held, restarts or removes it. */
export async function handleExit(context: ContainerContext, event: ExitEvent): Promise<void> {
  if (event.execId !== undefined) {
    execEnded(context, event)
    return
  }
  await context.mutex.run(event.containerId, async () => {
    const record = context.containers.find(event.containerId)
    // An exit is told until it is deleted, so it may be told twice.
    const isKnown = record?.state.finishedAt === event.finishedAt
    if (!record || isKnown) return context.monitor.delete(event.containerId)
    await containerEnded(context, record, event)
  })
}

function execEnded(context: ContainerContext, event: ExitEvent): void {
  const exec = context.execs.ended(event.execId as string, event.exitCode)
  const record = context.containers.find(event.containerId)
  if (!exec || !record) return
  const attributes = { execID: exec.id, exitCode: String(event.exitCode) }
  containerEvent(context.events, record, { action: 'exec_die', attributes })
}

async function containerEnded(
  context: ContainerContext,
  record: ContainerRecord,
  event: ExitEvent,
): Promise<void> {
  const ended = recordEnd(context, record, event)
  if (event.isOomKilled) containerEvent(context.events, ended, { action: 'oom' })
  const execDuration = String(
    Math.max(0, Math.floor((Date.parse(event.finishedAt) - Date.parse(record.state.startedAt)) / 1000)),
  )
  containerEvent(context.events, ended, {
    action: 'die',
    attributes: { exitCode: String(event.exitCode), execDuration },
  })
  context.execs.containerEnded(record.id)
  // The kernel takes tens of milliseconds over a network; nobody has to wait for them but the next start.
  const disconnected = quietly(context, ended, [() => disconnectNetwork(context, ended)])
  context.waiters.notify(record.id, 'exit', { exitCode: event.exitCode })
  await quietly(context, ended, [
    () => context.monitor.delete(record.id),
    () => unmountRootfs(context, record.id),
  ])
  await afterlife(context, ended)
  await disconnected
}

/** Says at once whether the container will run again: whoever wants to stop it must not find it ended before it does. */
function recordEnd(context: ContainerContext, record: ContainerRecord, event: ExitEvent): ContainerRecord {
  const ended = context.containers.setState(record.id, {
    status: 'exited',
    pid: 0,
    exitCode: event.exitCode,
    error: event.isUnknown ? 'exit code unknown: the monitor was not running when the process ended' : '',
    finishedAt: event.finishedAt,
    isOomKilled: event.isOomKilled,
  })
  return shouldRestart(ended) ? markRestarting(context, ended) : ended
}

function markRestarting(context: ContainerContext, record: ContainerRecord): ContainerRecord {
  const restarting: ContainerRecord = {
    ...record,
    restartCount: record.restartCount + 1,
    state: { ...record.state, status: 'restarting' },
  }
  context.containers.save(restarting)
  return restarting
}

/** Frees what a stopped container held. Goes on after a failure, since the process is gone whatever happens. */
async function quietly(
  context: ContainerContext,
  record: ContainerRecord,
  steps: readonly (() => unknown)[],
): Promise<void> {
  try {
    await settleAll(steps)
  } catch (error) {
    context.logger.error('Cannot free what a stopped container held', {
      container: record.id,
      error: messageOf(error),
    })
  }
}

async function afterlife(context: ContainerContext, record: ContainerRecord): Promise<void> {
  if (record.state.status === 'restarting') {
    context.restarter.schedule(record, () => void restart(context, record.id))
  } else if (record.hostConfig.AutoRemove) {
    await removeLocked(context, record)
  }
}

async function restart(context: ContainerContext, id: string): Promise<void> {
  const record = context.containers.find(id)
  if (record?.state.status !== 'restarting') return
  try {
    await startContainer(context, id)
  } catch (error) {
    context.logger.warn('Cannot restart container', { container: id, error: messageOf(error) })
    await context.mutex.run(id, () => restartFailed(context, id))
  }
}

/** A start that fails counts as an exit: the policy decides whether it is tried again. */
async function restartFailed(context: ContainerContext, id: string): Promise<void> {
  if (!context.containers.find(id)) return
  const failed = context.containers.setState(id, { status: 'exited' })
  await afterlife(context, shouldRestart(failed) ? markRestarting(context, failed) : failed)
}
