import type { CallOptions, EngineClient } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ContainerStartOptions extends CallOptions {
  detachKeys?: string | undefined
}

/** Resolves also when it runs already. */
export async function startContainer(
  client: EngineClient,
  id: string,
  { detachKeys, signal }: ContainerStartOptions = {},
): Promise<void> {
  const path = pathOf`/containers/${id}/start`
  const { body } = await client.send({ method: 'POST', path, query: { detachKeys }, signal })
  await discard(body)
}
