import { formatFilters, type Filters, type VolumePruneResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface VolumePruneOptions extends CallOptions {
  filters?: Filters
}

/** Removes the volumes without a name or, with the filter `all=true`, all that no container uses. */
export async function pruneVolumes(
  client: EngineClient,
  options: VolumePruneOptions = {},
): Promise<VolumePruneResponse> {
  const { filters = new Map(), signal } = options
  const query = { filters: formatFilters(filters) }
  return readJson(await client.send({ method: 'POST', path: '/volumes/prune', query, signal }))
}
