import type { ContainerPruneResponse, Filters } from '@berth/api'
import { isCoded } from '@berth/stdx'
import { pruneFilter } from '../prune-filter.ts'
import type { ContainerContext } from './container-context.ts'
import type { ContainerRecord, ContainerStatus } from './record/container-record.ts'
import { removeContainer } from './remove.ts'

const stopped: readonly ContainerStatus[] = ['created', 'exited', 'dead']

/** Removes containers that do not run. */
export async function pruneContainers(
  context: ContainerContext,
  filters: Filters,
): Promise<ContainerPruneResponse> {
  const isLetGo = pruneFilter(filters)
  const ContainersDeleted: string[] = []
  let SpaceReclaimed = 0
  for (const record of context.containers.list()) {
    const { createdAt, config, state } = record
    if (!stopped.includes(state.status) || !isLetGo({ labels: config.Labels, createdAt })) continue
    const sizeBytes = await removeStopped(context, record)
    if (sizeBytes === undefined) continue
    ContainersDeleted.push(record.id)
    SpaceReclaimed += sizeBytes
  }
  context.events.container('prune', { id: '', attributes: { reclaimed: String(SpaceReclaimed) } })
  return { ContainersDeleted: ContainersDeleted.length > 0 ? ContainersDeleted : null, SpaceReclaimed }
}

/** The bytes that went with it; undefined when somebody removed or started it meanwhile. */
async function removeStopped(
  context: ContainerContext,
  { id }: ContainerRecord,
): Promise<number | undefined> {
  try {
    const { sizeBytes } = await context.snapshotter.usage(id)
    await removeContainer(context, id, { force: false })
    return sizeBytes
  } catch (error) {
    if (isCoded(error, 'conflict', 'not-found')) return undefined
    throw error
  }
}
