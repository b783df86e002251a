import type { ContainerContext } from './container-context.ts'
import { isRunning } from './container-record.ts'
import { getContainer } from './find-container.ts'
import { notRunning } from './not-running.ts'

/** Tells a container's terminal its size in characters. */
export async function resizeContainer(
  context: ContainerContext,
  nameOrId: string,
  size: { rows: number; columns: number },
): Promise<void> {
  const record = getContainer(context.containers, nameOrId)
  if (!isRunning(record)) throw notRunning(record)
  await context.monitor.resize(record.id, size)
}
