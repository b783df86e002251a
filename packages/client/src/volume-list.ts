import { formatFilters, type Filters, type Volume, type VolumeList } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface VolumeListOptions extends CallOptions {
  filters?: Filters
}

/** Volumes, in no order. */
export async function listVolumes(client: EngineClient, options: VolumeListOptions = {}): Promise<Volume[]> {
  const { filters = new Map(), signal } = options
  const query = { filters: formatFilters(filters) }
  const { Volumes } = await readJson<VolumeList>(
    await client.send({ method: 'GET', path: '/volumes', query, signal }),
  )
  return Volumes ?? []
}
