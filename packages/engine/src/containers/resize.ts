import type { ContainerContext } from './container-context.ts'
import { isRunning } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import { notRunning } from './record/not-running.ts'

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
