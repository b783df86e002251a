import type { MirrorReport } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

/** The mirrors that an engine uses. Rejects with `not-found` on engines other than ours. */
export async function listMirrors(client: EngineClient, { signal }: CallOptions = {}): Promise<MirrorReport> {
  return readJson(await client.send({ method: 'GET', path: '/berth/mirrors', signal }))
}
