import { formatFilters, type Filters, type Network } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface NetworkListOptions extends CallOptions {
  filters?: Filters
}

/** Networks, those that every engine has among them, in no order. */
export async function listNetworks(
  client: EngineClient,
  options: NetworkListOptions = {},
): Promise<Network[]> {
  const { filters = new Map(), signal } = options
  const query = { filters: formatFilters(filters) }
  return readJson(await client.send({ method: 'GET', path: '/networks', query, signal }))
}
