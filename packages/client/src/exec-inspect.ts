import type { ExecInspect } from '@berth/api'
import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { readJson } from './response-body.ts'

/** The state of a command in a container; its exit code once it has ended. Known for a while after that. */
export async function inspectExec(
  client: EngineClient,
  id: string,
  { signal }: CallOptions = {},
): Promise<ExecInspect> {
  return readJson(await client.send({ method: 'GET', path: pathOf`/exec/${id}/json`, signal }))
}
