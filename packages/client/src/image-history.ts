import type { ImageHistoryItem } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface ImageHistoryOptions extends CallOptions {
  /** An OCI platform as JSON. */
  platform?: string | undefined
}

/** Newest first. */
export async function getImageHistory(
  client: EngineClient,
  name: string,
  { platform, signal }: ImageHistoryOptions = {},
): Promise<ImageHistoryItem[]> {
  const path = pathOf`/images/${name}/history`
  return readJson(await client.send({ method: 'GET', path, query: { platform }, signal }))
}
