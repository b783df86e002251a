import {
  parseFilters,
  type NetworkPruneResponse,
  type VolumeList,
  type VolumePruneResponse,
} from '@berth/api'
import { pruneFilterNames, type ContainerService, type ImageService } from '@berth/engine'
import { route, type Route } from '../server/route.ts'

interface Prunes {
  images: Pick<ImageService, 'prune'>
  containers: Pick<ContainerService, 'prune'>
}

const names = [...pruneFilterNames]
const volumeFilters = ['dangling', 'driver', 'label', 'name']

/** Taking away what is not used. There are no networks, volumes and build results yet that could go. */
export const pruneRoutes = ({ images, containers }: Prunes): Route[] => [
  route('POST', '/images/prune', ({ query }) =>
    images.prune(parseFilters(query.get('filters'), [...names, 'dangling'])),
  ),
  route('POST', '/containers/prune', ({ query }) =>
    containers.prune(parseFilters(query.get('filters'), names)),
  ),
  route('POST', '/networks/prune', ({ query }): NetworkPruneResponse => {
    parseFilters(query.get('filters'), names)
    return { NetworksDeleted: null }
  }),
  route('GET', '/volumes', ({ query }): VolumeList => {
    parseFilters(query.get('filters'), volumeFilters)
    return { Volumes: [], Warnings: null }
  }),
  route('POST', '/volumes/prune', ({ query }): VolumePruneResponse => {
    parseFilters(query.get('filters'), [...names, 'all'])
    return { VolumesDeleted: [], SpaceReclaimed: 0 }
  }),
  route('POST', '/build/prune', () => ({ CachesDeleted: null, SpaceReclaimed: 0 })),
]
