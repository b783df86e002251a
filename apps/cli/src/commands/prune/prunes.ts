import type { Filters } from '@berth/api'
import {
  pruneBuilder,
  pruneContainers,
  pruneImages,
  pruneNetworks,
  pruneVolumes,
  type EngineClient,
} from '@berth/client'
import type { Pruned } from './pruned.ts'

export interface PruneScope {
  filters: Filters
  /** Not only what has no name. */
  all?: boolean
}

/** Removes what is not used of one kind. */
export type Prune = (client: EngineClient, scope: PruneScope) => Promise<Pruned>

export const prunesContainers: Prune = async (client, { filters }) => {
  const { ContainersDeleted, SpaceReclaimed } = await pruneContainers(client, { filters })
  return { heading: 'Deleted Containers:', lines: ContainersDeleted ?? [], freedBytes: SpaceReclaimed }
}

export const prunesNetworks: Prune = async (client, { filters }) => {
  const { NetworksDeleted } = await pruneNetworks(client, { filters })
  return { heading: 'Deleted Networks:', lines: NetworksDeleted ?? [] }
}

export const prunesVolumes: Prune = async (client, { filters, all = false }) => {
  const wanted = all ? new Map(filters).set('all', ['true']) : filters
  const { VolumesDeleted, SpaceReclaimed } = await pruneVolumes(client, { filters: wanted })
  return { heading: 'Deleted Volumes:', lines: VolumesDeleted ?? [], freedBytes: SpaceReclaimed }
}

export const prunesImages: Prune = async (client, { filters, all = false }) => {
  const wanted = new Map(filters).set('dangling', [String(!all)])
  const { ImagesDeleted, SpaceReclaimed } = await pruneImages(client, { filters: wanted })
  const lines = (ImagesDeleted ?? []).map(({ Untagged, Deleted }) =>
    Untagged ? `untagged: ${Untagged}` : `deleted: ${Deleted ?? ''}`,
  )
  return { heading: 'Deleted Images:', lines, freedBytes: SpaceReclaimed }
}

export const prunesBuildCache: Prune = async (client, { filters, all = false }) => {
  const { CachesDeleted, SpaceReclaimed } = await pruneBuilder(client, { filters, all })
  return { heading: 'Deleted build cache objects:', lines: CachesDeleted ?? [], freedBytes: SpaceReclaimed }
}
