import { CodedError, isCoded } from '@berth/stdx'
import { constants } from 'node:os'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import { isRunning } from './record/container-record.ts'
import { notRunning } from './record/not-running.ts'
import { getContainer } from './record/find-container.ts'
import { parseSignal } from './process/signals.ts'
import { markStopped } from './record/mark-stopped.ts'

/** Sends a signal. SIGKILL waits for the end, since nothing can stop it. */
export async function killContainer(
  context: ContainerContext,
  nameOrId: string,
  signalName: string,
): Promise<void> {
  const signal = parseSignal(signalName)
  const record = getContainer(context.containers, nameOrId)
  if (!isRunning(record)) throw prefixed(nameOrId, notRunning(record))
  const isFinal = signal === constants.signals.SIGKILL
  const controller = new AbortController()
  const ended = isFinal
    ? context.waiters.wait(record.id, 'exit', controller.signal).catch(() => undefined)
    : undefined
  try {
    if (isFinal) markStopped(context, record)
    if (isFinal && record.state.status === 'paused') await context.monitor.resume(record.id)
    await context.monitor.signal(record.id, signal)
    containerEvent(context.events, record, { action: 'kill', attributes: { signal: String(signal) } })
    await ended
  } catch (error) {
    if (isCoded(error, 'failed-precondition')) throw prefixed(nameOrId, notRunning(record))
    throw error
  } finally {
    controller.abort()
  }
}

function prefixed(nameOrId: string, error: CodedError): CodedError {
  return new CodedError(error.code, `cannot kill container: ${nameOrId}: ${error.message}`)
}
