import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

/** Lets a paused container go on. Rejects with `conflict` when it is not paused. */
export async function unpauseContainer(
  client: EngineClient,
  id: string,
  { signal }: CallOptions = {},
): Promise<void> {
  const { body } = await client.send({ method: 'POST', path: pathOf`/containers/${id}/unpause`, signal })
  await discard(body)
}
