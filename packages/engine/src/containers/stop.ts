import { isCoded } from '@berth/stdx'
import { constants } from 'node:os'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import { isRunning, type ContainerRecord } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import { markStopped } from './record/mark-stopped.ts'
import { parseSignal } from './process/signals.ts'

export interface StopOptions {
  /** Seconds before SIGKILL; -1 waits for ever; undefined takes the container's own, or 10. */
  timeoutSeconds: number | undefined
  signal: string | undefined
}

const defaultTimeoutSeconds = 10
/** SIGKILL cannot be refused, but the kernel may take its time over an uninterruptible process. */
const killTimeoutMs = 10_000

/** Asks the process to end, then kills it. Returns false when it does not run. */
export async function stopContainer(
  context: ContainerContext,
  nameOrId: string,
  options: StopOptions,
): Promise<boolean> {
  const found = getContainer(context.containers, nameOrId)
  const record = found.state.status === 'restarting' ? await keepFromRestarting(context, found.id) : found
  if (!isRunning(record)) return record !== found
  markStopped(context, record)
  await endProcess(context, record, options)
  containerEvent(context.events, record, { action: 'stop' })
  return true
}

/** Gives the container as it is once nothing of its restart is under way: ended for good, or running again already. */
function keepFromRestarting(context: ContainerContext, id: string): Promise<ContainerRecord> {
  return context.mutex.run(id, async () => {
    context.restarter.cancel(id)
    const record = getContainer(context.containers, id)
    if (record.state.status !== 'restarting') return record
    return context.containers.setState(id, { status: 'exited', isManuallyStopped: true })
  })
}

async function endProcess(
  context: ContainerContext,
  record: ContainerRecord,
  options: StopOptions,
): Promise<void> {
  const seconds = options.timeoutSeconds ?? record.config.StopTimeout ?? defaultTimeoutSeconds
  const signal = parseSignal(options.signal || record.config.StopSignal || 'SIGTERM')
  const controller = new AbortController()
  const ended = context.waiters.wait(record.id, 'exit', controller.signal).then(
    () => true,
    () => false,
  )
  try {
    if (record.state.status === 'paused') await context.monitor.resume(record.id)
    if (!(await sendSignal(context, record, signal))) return
    if (await within(ended, seconds < 0 ? undefined : seconds * 1000)) return
    if (!(await sendSignal(context, record, constants.signals.SIGKILL))) return
    await within(ended, killTimeoutMs)
  } finally {
    controller.abort()
  }
}

/** False when the process was gone already; the exit is on its way then. */
async function sendSignal(
  context: ContainerContext,
  record: ContainerRecord,
  signal: number,
): Promise<boolean> {
  try {
    await context.monitor.signal(record.id, signal)
    containerEvent(context.events, record, { action: 'kill', attributes: { signal: String(signal) } })
    return true
  } catch (error) {
    if (isCoded(error, 'failed-precondition', 'not-found')) return false
    throw error
  }
}

async function within(ended: Promise<boolean>, timeoutMs: number | undefined): Promise<boolean> {
  if (timeoutMs === undefined) return ended
  const { promise: expired, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), timeoutMs)
  try {
    return await Promise.race([ended, expired])
  } finally {
    clearTimeout(timer)
  }
}
