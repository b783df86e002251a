import type { DiskUsage } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { readJson } from './response-body.ts'

/** What images, containers, volumes and the build cache take on disk. Slow: engines measure it when asked. */
export async function getDiskUsage(client: EngineClient, { signal }: CallOptions = {}): Promise<DiskUsage> {
  return readJson(await client.send({ method: 'GET', path: '/system/df', signal }))
}
