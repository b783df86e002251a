import type { ContainerUpdateRequest, ContainerUpdateResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface ContainerUpdateOptions extends CallOptions {
  body: ContainerUpdateRequest
}

/** Changes limits and the restart policy of a container, running or not; gives warnings. */
export async function updateContainer(
  client: EngineClient,
  id: string,
  { body, signal }: ContainerUpdateOptions,
): Promise<ContainerUpdateResponse> {
  return readJson(await client.send({ method: 'POST', path: pathOf`/containers/${id}/update`, body, signal }))
}
