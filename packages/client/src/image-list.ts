import { formatFilters, type Filters, type ImageSummary } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface ImageListOptions extends CallOptions {
  /** Images without a name too. */
  all?: boolean
  digests?: boolean
  /** What each image is for each platform. */
  manifests?: boolean
  filters?: Filters
}

/** Images, the newest first. */
export async function listImages(
  client: EngineClient,
  options: ImageListOptions = {},
): Promise<ImageSummary[]> {
  const { all, digests, manifests, filters = new Map(), signal } = options
  const query = { all, digests, manifests, filters: formatFilters(filters) }
  return readJson(await client.send({ method: 'GET', path: '/images/json', query, signal }))
}
