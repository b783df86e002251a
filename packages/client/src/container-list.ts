import { formatFilters, type ContainerSummary, type Filters } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface ContainerListOptions extends CallOptions {
  /** Not only running ones. */
  all?: boolean
  /** The newest so many, of any state. */
  limit?: number | undefined
  size?: boolean
  filters?: Filters
}

/** Containers, the newest first; running ones unless asked otherwise. */
export async function listContainers(
  client: EngineClient,
  options: ContainerListOptions = {},
): Promise<ContainerSummary[]> {
  const { all, limit, size, filters = new Map(), signal } = options
  const query = { all, limit, size, filters: formatFilters(filters) }
  return readJson(await client.send({ method: 'GET', path: '/containers/json', query, signal }))
}
