import type { ContainerContext } from '../container-context.ts'

/** An end that the monitor knows of is told to the engine at once. */
const exitWaitMs = 10_000

/** Waits for the news of an end that has just been. False when none came. */
export async function awaitExit(
  { waiters }: Pick<ContainerContext, 'waiters'>,
  id: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const timeout = AbortSignal.timeout(exitWaitMs)
  try {
    await waiters.wait(id, 'exit', signal ? AbortSignal.any([signal, timeout]) : timeout)
    return true
  } catch {
    signal?.throwIfAborted()
    return false
  }
}
