import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import { getContainer } from './record/find-container.ts'
import { startContainer } from './start.ts'
import { stopContainer, type StopOptions } from './stop.ts'

/** Stops a container if it runs, then starts it. */
export async function restartContainer(
  context: ContainerContext,
  nameOrId: string,
  options: StopOptions,
): Promise<void> {
  const { id } = getContainer(context.containers, nameOrId)
  await stopContainer(context, id, options)
  await startContainer(context, id)
  containerEvent(context.events, getContainer(context.containers, id), { action: 'restart' })
}
