import type { ContainerTop } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface ContainerTopOptions extends CallOptions {
  /** Arguments of ps, joined by spaces. */
  psArgs?: string
}

/** The processes of a running container as `ps` shows them. Rejects with `conflict` when it does not run. */
export async function getContainerTop(
  client: EngineClient,
  id: string,
  { psArgs, signal }: ContainerTopOptions = {},
): Promise<ContainerTop> {
  const path = pathOf`/containers/${id}/top`
  return readJson(await client.send({ method: 'GET', path, query: { ps_args: psArgs }, signal }))
}
