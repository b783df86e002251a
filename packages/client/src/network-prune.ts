import { formatFilters, type Filters, type NetworkPruneResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface NetworkPruneOptions extends CallOptions {
  filters?: Filters
}

/** Removes the networks that no container uses. */
export async function pruneNetworks(
  client: EngineClient,
  options: NetworkPruneOptions = {},
): Promise<NetworkPruneResponse> {
  const { filters = new Map(), signal } = options
  const query = { filters: formatFilters(filters) }
  return readJson(await client.send({ method: 'POST', path: '/networks/prune', query, signal }))
}
