import type { ReloadReport } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

/**
 * Lets an engine read its configuration again, as SIGHUP does. Rejects with `invalid-argument` when it is wrong (then the
 * one before stays), and with `not-found` on engines other than ours.
 */
export async function reloadEngine(
  client: EngineClient,
  { signal }: CallOptions = {},
): Promise<ReloadReport> {
  return readJson(await client.send({ method: 'POST', path: '/berth/reload', signal }))
}
