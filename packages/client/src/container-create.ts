import type { ContainerCreateRequest, ContainerCreateResponse } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

export interface ContainerCreateOptions extends CallOptions {
  name?: string | undefined
  /** `os/arch[/variant]`. */
  platform?: string | undefined
}

/** Rejects with code `not-found` when the image is not there: pull it and try again. */
export async function createContainer(
  client: EngineClient,
  body: ContainerCreateRequest,
  { name, platform, signal }: ContainerCreateOptions = {},
): Promise<ContainerCreateResponse> {
  const query = { name, platform }
  return readJson(await client.send({ method: 'POST', path: '/containers/create', query, body, signal }))
}
