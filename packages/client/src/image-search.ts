import {
  encodeRegistryAuth,
  formatFilters,
  type AuthRequest,
  type Filters,
  type ImageSearchItem,
} from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface ImageSearchOptions extends CallOptions {
  /** At most so many; the registry's own number when absent. */
  limit?: number | undefined
  filters?: Filters
  auth?: AuthRequest
}

/** Images of a registry whose name or description has `term`, which may begin with the registry: `host:5000/term`. */
export async function searchImages(
  client: EngineClient,
  term: string,
  options: ImageSearchOptions = {},
): Promise<ImageSearchItem[]> {
  const { limit, filters = new Map(), auth = {}, signal } = options
  return readJson(
    await client.send({
      method: 'GET',
      path: '/images/search',
      query: { term, limit, filters: formatFilters(filters) },
      headers: { 'x-registry-auth': encodeRegistryAuth(auth) },
      signal,
    }),
  )
}
