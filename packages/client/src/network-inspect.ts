import type { Network } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

export interface NetworkInspectOptions extends CallOptions {
  verbose?: boolean
  scope?: string | undefined
}

/** Everything there is to know of a network, by name or id. Rejects with `not-found` when there is none. */
export async function inspectNetwork(
  client: EngineClient,
  name: string,
  { verbose, scope, signal }: NetworkInspectOptions = {},
): Promise<Network> {
  const query = { verbose, scope }
  return readJson(await client.send({ method: 'GET', path: pathOf`/networks/${name}`, query, signal }))
}
