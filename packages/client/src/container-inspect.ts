import type { ContainerInspect } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface ContainerInspectOptions extends CallOptions {
  size?: boolean
}

/** Everything there is to know of a container, by name or id. Rejects with `not-found` when there is none. */
export async function inspectContainer(
  client: EngineClient,
  id: string,
  { size, signal }: ContainerInspectOptions = {},
): Promise<ContainerInspect> {
  return readJson(
    await client.send({ method: 'GET', path: pathOf`/containers/${id}/json`, query: { size }, signal }),
  )
}
