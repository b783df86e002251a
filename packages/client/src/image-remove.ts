import type { ImageDeleteItem } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface ImageRemoveOptions extends CallOptions {
  force?: boolean
  /** Keep untagged parents. */
  noPrune?: boolean
  /** Only these of a multi-platform image, each the JSON of an OCI platform. */
  platforms?: readonly string[]
}

/**
 * Takes a name from an image, and with its last name removes it; gives what was untagged and deleted, in order. Rejects with
 * `conflict` when something needs it.
 */
export async function removeImage(
  client: EngineClient,
  name: string,
  { force, noPrune, platforms, signal }: ImageRemoveOptions = {},
): Promise<ImageDeleteItem[]> {
  const query = { force, noprune: noPrune, platforms }
  return readJson(await client.send({ method: 'DELETE', path: pathOf`/images/${name}`, query, signal }))
}
