import type { Info } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

/** What the engine and its host are, and how many things it keeps. */
export async function getInfo(client: EngineClient, { signal }: CallOptions = {}): Promise<Info> {
  return readJson(await client.send({ method: 'GET', path: '/info', signal }))
}
