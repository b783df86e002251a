import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

/** Freezes every process of a container. Rejects with `conflict` when it does not run or is frozen. */
export async function pauseContainer(
  client: EngineClient,
  id: string,
  { signal }: CallOptions = {},
): Promise<void> {
  const { body } = await client.send({ method: 'POST', path: pathOf`/containers/${id}/pause`, signal })
  await discard(body)
}
