import { formatFilters, type Filters, type ContainerPruneResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface ContainerPruneOptions extends CallOptions {
  filters?: Filters
}

/** Removes the containers that do not run. */
export async function pruneContainers(
  client: EngineClient,
  options: ContainerPruneOptions = {},
): Promise<ContainerPruneResponse> {
  const { filters = new Map(), signal } = options
  const query = { filters: formatFilters(filters) }
  return readJson(await client.send({ method: 'POST', path: '/containers/prune', query, signal }))
}
