import { messageOf, settleAll } from '@berth/stdx'
import type { ContainerState } from '@berth/runtime'
import type { ContainerContext } from '../container-context.ts'
import { isRunning, type ContainerRecord } from '../record/container-record.ts'
import { handleExit } from './exit.ts'
import { removeContainerFiles, unmountRootfs } from '../process/container-files.ts'
import { removeLocked } from '../remove.ts'
import { startContainer } from '../start.ts'

/**
 * Brings the records in line with what is really there after a start: containers that went on running are taken over,
 * exits that happened meanwhile are handled, what a crash left half-made is finished or freed.
 */
export async function restoreContainers(context: ContainerContext): Promise<void> {
  const found = new Map((await context.monitor.list()).map((state) => [state.containerId, state]))
  for (const record of context.containers.list()) {
    try {
      await restore(context, record, found.get(record.id))
    } catch (error) {
      context.logger.error('Cannot restore container', { container: record.id, error: messageOf(error) })
    }
  }
  await freeStrangers(context, found)
}

async function restore(
  context: ContainerContext,
  record: ContainerRecord,
  state: ContainerState | undefined,
): Promise<void> {
  if (record.state.status === 'removing')
    return context.mutex.run(record.id, () => removeLocked(context, record))
  if (state?.exit) return handleExit(context, { ...state.exit, containerId: record.id })
  if (state) return takeOver(context, record, state)
  if (isRunning(record)) return lost(context, record)
  if (record.state.status === 'restarting' || startsWithEngine(record)) return startAgain(context, record)
  await free(context, record.id)
}

/** It has run all the time; a crash may have come before its start was recorded. */
function takeOver(context: ContainerContext, record: ContainerRecord, state: ContainerState): Promise<void> {
  const status = state.status === 'paused' ? ('paused' as const) : ('running' as const)
  const pid = state.pid ?? record.state.pid
  const startedAt = state.startedAt ?? record.state.startedAt
  if (record.state.status !== status || record.state.pid !== pid)
    context.containers.setState(record.id, { status, pid, startedAt })
  return Promise.resolve()
}

/** The machine was restarted: nobody saw the end. */
function lost(context: ContainerContext, record: ContainerRecord): Promise<void> {
  return handleExit(context, {
    containerId: record.id,
    exitCode: 255,
    isUnknown: true,
    isOomKilled: false,
    finishedAt: new Date().toISOString(),
  })
}

/** `always` means also after the machine's start; `unless-stopped` spares what a person has stopped. */
function startsWithEngine(record: ContainerRecord): boolean {
  const policy = record.hostConfig.RestartPolicy.Name
  if (record.state.status !== 'exited') return false
  return policy === 'always' || (policy === 'unless-stopped' && !record.state.isManuallyStopped)
}

async function startAgain(context: ContainerContext, record: ContainerRecord): Promise<void> {
  await free(context, record.id)
  context.containers.setState(record.id, { status: 'exited' })
  await startContainer(context, record.id)
}

async function free(context: ContainerContext, id: string): Promise<void> {
  await settleAll([
    () => unmountRootfs(context, id),
    () => context.bridge?.disconnect(id),
    () => context.sandboxes.delete(id),
  ])
}

/** What belongs to no container: a create or a remove that was cut short. */
async function freeStrangers(
  context: ContainerContext,
  states: ReadonlyMap<string, ContainerState>,
): Promise<void> {
  const isKnown = (id: string) => context.containers.find(id) !== undefined
  for (const state of states.values())
    if (!isKnown(state.containerId)) await context.monitor.delete(state.containerId)
  for (const id of await context.sandboxes.list()) if (!isKnown(id)) await context.sandboxes.delete(id)
  for (const endpoint of (await context.bridge?.listEndpoints()) ?? []) {
    if (!isKnown(endpoint.endpointId)) await context.bridge?.disconnect(endpoint.endpointId)
  }
  for await (const { key } of context.snapshotter.listSnapshots())
    if (!isKnown(key)) await removeContainerFiles(context, key)
}
