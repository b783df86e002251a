import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'

/** All files of a container, without its volumes, as a tar. */
export async function exportContainer(
  client: EngineClient,
  id: string,
  { signal }: CallOptions = {},
): Promise<AsyncIterable<Uint8Array>> {
  const { body } = await client.send({ method: 'GET', path: pathOf`/containers/${id}/export`, signal })
  return body
}
