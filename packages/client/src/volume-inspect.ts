import type { Volume } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

/** Everything there is to know of a volume. Rejects with `not-found` when there is none. */
export async function inspectVolume(
  client: EngineClient,
  name: string,
  { signal }: CallOptions = {},
): Promise<Volume> {
  return readJson(await client.send({ method: 'GET', path: pathOf`/volumes/${name}`, signal }))
}
