import { formatFilters, type Filters, type ImagePruneResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface ImagePruneOptions extends CallOptions {
  filters?: Filters
}

/** Removes images without a name or, with the filter `dangling=false`, all that no container uses. */
export async function pruneImages(
  client: EngineClient,
  options: ImagePruneOptions = {},
): Promise<ImagePruneResponse> {
  const { filters = new Map(), signal } = options
  const query = { filters: formatFilters(filters) }
  return readJson(await client.send({ method: 'POST', path: '/images/prune', query, signal }))
}
