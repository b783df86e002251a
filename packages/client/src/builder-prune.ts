import { formatFilters, type BuildPruneResponse, type Filters } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface BuilderPruneOptions extends CallOptions {
  /** Not only what no image holds. */
  all?: boolean
  filters?: Filters
}

/** Removes what builds keep to be quicker the next time. */
export async function pruneBuilder(
  client: EngineClient,
  options: BuilderPruneOptions = {},
): Promise<BuildPruneResponse> {
  const { all, filters = new Map(), signal } = options
  const query = { all, filters: formatFilters(filters) }
  return readJson(await client.send({ method: 'POST', path: '/build/prune', query, signal }))
}
