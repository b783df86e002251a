import type { Version } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

/** The version of the engine and of its parts. */
export async function getVersion(client: EngineClient, { signal }: CallOptions = {}): Promise<Version> {
  return readJson(await client.send({ method: 'GET', path: '/version', signal }))
}
