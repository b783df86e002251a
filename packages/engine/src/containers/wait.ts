import type { ContainerContext } from './container-context.ts'
import { isRunning } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import type { WaitCondition, WaitOutcome } from './lifecycle/waiters.ts'

/**
 * The outcome of a container once `condition` holds. The waiter is registered before this returns its promise, so a
 * client that waits first and starts then misses nothing, however short the run.
 */
export function waitContainer(
  context: ContainerContext,
  nameOrId: string,
  { condition, signal }: { condition: WaitCondition; signal: AbortSignal },
): Promise<WaitOutcome> {
  const record = getContainer(context.containers, nameOrId)
  if (condition === 'not-running' && !isRunning(record) && record.state.status !== 'restarting') {
    return Promise.resolve({
      exitCode: record.state.exitCode,
      ...(record.state.error ? { error: record.state.error } : {}),
    })
  }
  return context.waiters.wait(record.id, condition === 'removed' ? 'removed' : 'exit', signal)
}
