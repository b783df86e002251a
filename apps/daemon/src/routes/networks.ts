import { parseFilters } from '@berth/api'
import type { NetworkService } from '@berth/engine'
import { route, type Route } from '../server/route.ts'

const listFilters = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type']

export const networkRoutes = (networks: NetworkService): Route[] => [
  route('GET', '/networks', ({ query }) => networks.list(parseFilters(query.get('filters'), listFilters))),
  route('GET', '/networks/{name}', ({ params }) => networks.inspect(params.name)),
]
