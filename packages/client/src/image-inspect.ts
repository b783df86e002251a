import type { ImageInspect } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface ImageInspectOptions extends CallOptions {
  /** An OCI platform as JSON. */
  platform?: string | undefined
}

/** Everything there is to know of an image, by reference or id. Rejects with `not-found` when it is not here. */
export async function inspectImage(
  client: EngineClient,
  name: string,
  { platform, signal }: ImageInspectOptions = {},
): Promise<ImageInspect> {
  return readJson(
    await client.send({ method: 'GET', path: pathOf`/images/${name}/json`, query: { platform }, signal }),
  )
}
